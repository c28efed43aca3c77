"""Adding and removing ways into an account: bound to the session, never merging, never the last."""

import pytest
from sqlalchemy import func, select

from portal.config.settings import Settings
from portal.core import clock
from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.models import Identity, Person
from portal.domain.accounts.people.queries import address_of
from tests.accounts.identity_providers import AIGUL, Reader
from tests.accounts.test_sign_in_links import ask, letters  # noqa: F401 - a fixture
from tests.factories import make_person
from tests.pages import errors_of, page_of, words

ADD = {"action": "/en/profile/sign-in-methods"}
WAYS = "/en/profile/sign-in-methods"


@pytest.fixture
def settings(settings):
    return Settings(**settings.model_dump() | {"smtp_url": "smtp://127.0.0.1:9"})


def issuers(database):
    """Whose ways there are: lists of providers by person."""
    found = {}
    with database.reading() as db:
        for identity in db.scalars(select(Identity).order_by(Identity.id)):
            found.setdefault(identity.person_id, []).append(identity.provider)
    return list(found.values())


def removals(browser):
    return page_of(browser.get(WAYS)).xpath("//main//form[contains(@action, 'removal')]/@action")


def test_a_second_provider_opens_the_same_account(reader, browser_of, database):
    reader.sign_in("oidc", "aigul")
    answer = reader.sign_in("second", "aigul", **ADD)
    assert answer.headers["location"] == f"{WAYS}?said=added"
    shown = words(reader.browser.get(answer.headers["location"]))
    assert "From now on you can sign in this way too" in shown
    assert "Demo ID" in shown
    assert "Second ID" in shown
    assert issuers(database) == [["oidc", "second"]]
    again = Reader(browser_of())
    again.sign_in("second", "aigul")
    assert AIGUL.name in again.browser.get("/en").text
    assert len(issuers(database)) == 1


def test_an_address_is_added_by_its_letter(reader, browser_of, database, letters):  # noqa: F811
    reader.sign_in("vk", "aigul")
    asked = reader.browser.post(f"{WAYS}/email", data={"email": "aigul@example.org"})
    assert asked.headers["location"] == "/en/sign-in/link"
    ((path, _code),) = letters()
    assert reader.browser.post(path).headers["location"] == f"{WAYS}?said=added"
    assert issuers(database) == [["vk", "email"]]
    with database.reading() as db:  # there was none before, and this one is proved
        assert address_of(db, db.scalars(select(Person)).one()) == "aigul@example.org"
    browser = browser_of()
    ask(browser)
    browser.post(letters()[-1][0])
    assert "Айгуль С." in browser.get("/en").text
    assert issuers(database) == [["vk", "email"]]


def test_an_address_that_cannot_be_is_refused_beside_its_field(reader, database):
    reader.sign_in("oidc", "aigul")
    for email in ("", "mara\u212a@example.org"):
        answer = reader.browser.post(f"{WAYS}/email", data={"email": email})
        assert (answer.status_code, list(errors_of(answer))) == (422, ["email"])
    assert issuers(database) == [["oidc"]]


def test_a_letter_asked_for_to_add_an_address_signs_nobody_in(
    reader,
    browser_of,
    database,
    letters,  # noqa: F811
):
    reader.sign_in("oidc", "aigul")
    reader.browser.post(f"{WAYS}/email", data={"email": "aigul@example.org"})
    ((path, _code),) = letters()
    note = reader.browser.cookies["__Host-sign_in_link"]
    with database.writing() as db:
        other = make_person(db)
    for browser in (browser_of(), browser_of(other)):
        browser.cookies.set("__Host-sign_in_link", note)
        assert browser.post(path).status_code == 400
    assert issuers(database) == [["oidc"], ["oidc"]]
    assert reader.browser.post(path).status_code == 303
    assert issuers(database) == [["oidc", "email"], ["oidc"]]


def test_what_opens_another_account_is_refused_and_nothing_is_merged(
    reader,
    browser_of,
    database,
    letters,  # noqa: F811
):
    Reader(browser_of()).sign_in("second", "aigul")
    browser = browser_of()
    ask(browser, "marat@example.org")
    browser.post(letters("marat@example.org")[0][0])
    reader.sign_in("oidc", "aigul")
    before = issuers(database)
    answer = reader.sign_in("second", "aigul", **ADD)
    assert answer.headers["location"] == f"{WAYS}?said=taken"
    shown = words(reader.browser.get(answer.headers["location"]))
    assert "This belongs to another account" in shown
    reader.browser.post(f"{WAYS}/email", data={"email": "marat@example.org"})
    answer = reader.browser.post(letters("marat@example.org")[-1][0])
    assert answer.headers["location"] == f"{WAYS}?said=taken"
    assert issuers(database) == before == [["second"], ["email"], ["oidc"]]
    # The same in one's own account changes nothing either, and is no mistake.
    assert reader.sign_in("oidc", "aigul", **ADD).headers["location"] == f"{WAYS}?said=added"
    assert issuers(database) == before


def test_adding_counts_in_the_session_that_began_it_alone(reader, browser_of, database):
    reader.sign_in("oidc", "aigul")
    back = Reader.choose("aigul", reader.depart("second", **ADD))
    note = reader.browser.cookies["__Host-sign_in"]
    with database.writing() as db:
        other = make_person(db)
    for browser in (browser_of(), browser_of(other)):
        browser.cookies.set("__Host-sign_in", note)
        assert browser.get(back).headers["location"].endswith("?said=failed")
    reader.browser.post("/en/sign-out")
    assert reader.browser.get(back).headers["location"].endswith("?said=failed")
    assert issuers(database) == [["oidc"], ["oidc"]]
    reader.sign_in("oidc", "aigul")
    assert reader.sign_in("second", "aigul", **ADD).headers["location"].endswith("?said=added")


def test_a_forged_answer_adds_nothing(reader, database, around):
    reader.sign_in("oidc", "aigul")
    true_claims = around.mischief["second"].claims
    around.mischief["second"].claims = lambda told: told | {"nonce": "another"}
    assert reader.sign_in("second", "aigul", **ADD).headers["location"].endswith("?said=failed")
    assert issuers(database) == [["oidc"]]
    around.mischief["second"].claims = true_claims
    assert reader.sign_in("second", "aigul", **ADD).headers["location"].endswith("?said=added")


def test_adding_begins_with_our_own_form_and_a_provider_that_exists(reader, database, around):
    reader.sign_in("oidc", "aigul")
    crossed = {"sec-fetch-site": "cross-site"}
    refused = reader.browser.post(WAYS, data={"provider": "second"}, headers=crossed)
    assert refused.status_code == 403
    assert reader.browser.post(WAYS, data={"provider": "nobody"}).status_code == 404
    around.second_discovery.spoil = lambda document: document | {"issuer": "https://evil.example"}
    away = reader.browser.post(WAYS, data={"provider": "second"})
    assert away.headers["location"] == f"{WAYS}?said=failed"
    assert issuers(database) == [["oidc"]]


def test_the_last_way_cannot_be_removed(reader, database):
    reader.sign_in("oidc", "aigul")
    assert removals(reader.browser) == []
    assert "Your only way in cannot be removed" in words(reader.browser.get(WAYS))
    with database.reading() as db:
        only = db.scalar(select(Identity.id))
    answer = reader.browser.post(f"{WAYS}/{only}/removal")
    assert answer.status_code == 409
    assert "This is your only way in" in words(answer)
    assert issuers(database) == [["oidc"]]
    reader.sign_in("second", "aigul", **ADD)
    (first, second) = removals(reader.browser)
    assert reader.browser.post(first).status_code == 303
    assert issuers(database) == [["second"]]
    assert reader.browser.post(second).status_code == 409
    assert issuers(database) == [["second"]]


def test_a_removed_way_opens_nothing_and_is_free(reader, browser_of, database):
    reader.sign_in("oidc", "aigul")
    reader.sign_in("second", "aigul", **ADD)
    reader.browser.post(removals(reader.browser)[1])
    Reader(browser_of()).sign_in("second", "aigul")
    assert issuers(database) == [["oidc"], ["second"]]


def test_a_way_the_portal_has_no_more_does_not_count_as_one(reader, database, settings):
    reader.sign_in("oidc", "aigul")
    with database.writing() as db:
        claims = people.Claims("https://gone.example", "aigul", provider="gone")
        people.add_identity(db, db.scalars(select(Person)).one(), claims, clock.now())
    assert "gone.example" in words(reader.browser.get(WAYS))
    (gone,) = removals(reader.browser)  # that one, and not the only one that works
    with database.reading() as db:
        works = db.scalar(select(Identity.id).where(Identity.provider == "oidc"))
    assert reader.browser.post(f"{WAYS}/{works}/removal").status_code == 409
    assert reader.browser.post(gone).status_code == 303
    assert issuers(database) == [["oidc"]]


def test_ways_of_others_are_not_found(reader, browser_of, database):
    reader.sign_in("oidc", "aigul")
    reader.sign_in("second", "aigul", **ADD)
    with database.writing() as db:
        other = make_person(db)
    stranger = browser_of(other)
    for path in (*removals(reader.browser), f"{WAYS}/x/removal", f"{WAYS}/999999/removal"):
        assert stranger.post(path).status_code == 404
    assert browser_of().get(WAYS).headers["location"].startswith("/en/sign-in")
    assert issuers(database) == [["oidc", "second"], ["oidc"]]


def test_letters_follow_the_oldest_way(reader, database, around):
    """Whoever signs in by another way now and then does not see letters move about."""
    reader.sign_in("oidc", "aigul")
    around.github.addresses = [{"email": "work@example.org", "primary": True, "verified": True}]
    reader.sign_in("github", "aigul", **ADD)
    reader.sign_in("github", "aigul")
    with database.reading() as db:
        assert address_of(db, db.scalars(select(Person)).one()) == "aigul@example.org"
        assert db.scalar(select(func.count()).select_from(Person)) == 1


def test_the_way_to_the_ways_is_on_ones_own_page(reader):
    reader.sign_in("oidc", "aigul")
    assert page_of(reader.browser.get("/en/profile")).xpath(f"//main//a[@href='{WAYS}']")
