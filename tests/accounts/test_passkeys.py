"""Passkeys: made, used, and every way in which one proves nothing."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.app import create_app
from portal.config.settings import Settings
from portal.core import clock
from portal.domain.accounts.people import actions as people
from portal.domain.accounts.second_factors.models import Passkey
from portal.domain.accounts.second_factors.rules import CHALLENGE_LASTS, MAX_PASSKEYS
from tests.accounts.authenticator import Authenticator
from tests.conftest import ADDRESS, open_browser
from tests.factories import make_organization, make_person
from tests.pages import page_of, words

HOST = "testserver"
PEOPLE = "/en/manage/ours/people"
REFUSED = "/en/second-factor?refused=passkey"


@pytest.fixture
def owner(database):
    with database.writing() as db:
        person = make_person(db, "Иесі")
        make_organization(db, "ours", owner=person)
    return person


def offer(browser, kind="options"):
    answer = browser.post(f"/en/second-factor/passkeys/{kind}")
    assert answer.headers["content-type"] == "application/json"
    return json.loads(answer.text)


def add(browser, key=None, **changes):
    """Makes a passkey in a browser; the portal's answer and the key."""
    key = key or Authenticator(ADDRESS, HOST)
    form = {"name": "Телефон", "credential": key.make(offer(browser))} | changes
    return browser.post("/en/second-factor/passkeys", data=form), key


def answer_with(browser, signed):
    return browser.post(
        "/en/second-factor/passkeys/assertion", data={"credential": signed, "next": PEOPLE}
    )


def sign(browser, key):
    return answer_with(browser, key.sign(offer(browser, "challenge")))


def count(database):
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(Passkey))


@pytest.fixture
def key(browser_of, owner):
    """The owner's passkey."""
    answer, key = add(browser_of(owner, second_factor=False))
    assert answer.status_code == 200
    return key


@pytest.fixture
def browser(browser_of, owner):
    """A browser of the owner that has not used a factor."""
    return browser_of(owner, second_factor=False)


def test_a_passkey_is_made_with_recovery_codes_and_opens_the_way(browser, database):
    answer, _key = add(browser)
    assert len(page_of(answer).xpath("//ul[contains(@class,'codes')]//code")) == 10
    assert browser.get(PEOPLE).status_code == 200
    assert "Телефон" in words(browser.get("/en/second-factor"))
    assert count(database) == 1


def test_a_passkey_opens_the_way_in_another_browser(key, browser):
    assert browser.get(PEOPLE).status_code == 303
    assert "Use a passkey" in words(browser.get("/en/second-factor"))
    assert sign(browser, key).headers["location"] == PEOPLE
    assert browser.get(PEOPLE).status_code == 200


def test_a_person_has_several_and_each_opens(key, browser, browser_of, owner, database):
    sign(browser, key)
    answer, other = add(browser, name="Кілт")
    assert answer.headers["location"] == "/en/second-factor"
    assert count(database) == 2
    for each in (key, other):
        fresh = browser_of(owner, second_factor=False)
        assert sign(fresh, each).headers["location"] == PEOPLE


def test_ten_are_enough(browser, database):
    for _number in range(MAX_PASSKEYS):
        assert add(browser)[0].status_code in {200, 303}
    answer, _key = add(browser)
    assert answer.headers["location"] == "/en/second-factor?refused=many"
    assert "ten passkeys" in words(browser.get(answer.headers["location"]))
    assert count(database) == MAX_PASSKEYS


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://evil.example", HOST),
        (ADDRESS, "evil.example"),
        ("https://testserver.evil.example", HOST),
        ("http://testserver", HOST),
    ],
)
def test_a_passkey_of_another_site_is_refused(key, browser, database, origin, host):
    """Made there or signed there; the page says so, and the true one still opens."""
    new = browser
    fake = Authenticator(origin, host, id=key.id, key=key.key, count=key.count)
    assert sign(new, fake).headers["location"].startswith("/en/second-factor?refused=passkey")
    assert new.get(PEOPLE).status_code == 303
    key.count = fake.count
    assert sign(new, key).headers["location"] == PEOPLE
    assert add(new, Authenticator(origin, host))[0].headers["location"] == REFUSED
    assert count(database) == 1
    assert "could not be checked" in words(new.get(REFUSED))


def test_a_foreign_passkey_is_refused(key, browser, browser_of, database):
    with database.writing() as db:
        stranger = make_person(db, "Бөтен")
    answer, theirs = add(browser_of(stranger, second_factor=False))
    assert answer.status_code == 200
    assert "refused=passkey" in sign(browser, theirs).headers["location"]
    # Nor can anybody register a key that is somebody's.
    copied = Authenticator(ADDRESS, HOST, id=key.id)
    taken, _key = add(browser_of(stranger), copied)
    assert taken.headers["location"] == REFUSED
    assert count(database) == 2
    assert sign(browser, key).headers["location"] == PEOPLE


def test_another_key_under_the_same_name_is_refused(key, browser):
    fake = Authenticator(ADDRESS, HOST, id=key.id, count=100)
    assert "refused=passkey" in sign(browser, fake).headers["location"]
    assert sign(browser, key).headers["location"] == PEOPLE


def test_a_signature_is_good_for_one_answer(key, browser, browser_of, owner):
    signed = key.sign(offer(browser, "challenge"))
    other = browser_of(owner, second_factor=False)
    offer(other, "challenge")
    assert "refused=passkey" in answer_with(other, signed).headers["location"]
    assert answer_with(browser, signed).headers["location"] == PEOPLE
    assert "refused=passkey" in answer_with(browser, signed).headers["location"]


def test_a_challenge_to_add_is_none_to_use(key, browser_of, owner):
    browser = browser_of(owner)
    signed = key.sign(offer(browser, "options"))
    assert "refused=passkey" in answer_with(browser, signed).headers["location"]
    assert sign(browser, key).headers["location"] == PEOPLE


def test_a_challenge_is_answered_in_time(key, browser, monkeypatch):
    at = clock.now()
    late = offer(browser, "challenge")
    monkeypatch.setattr(clock, "now", lambda: at + CHALLENGE_LASTS + timedelta(seconds=5))
    assert "refused=passkey" in answer_with(browser, key.sign(late)).headers["location"]
    assert sign(browser, key).headers["location"] == PEOPLE


def test_a_copied_key_is_found_out_by_its_count(key, browser, browser_of, owner):
    copy = Authenticator(ADDRESS, HOST, id=key.id, key=key.key, count=key.count)
    for _number in range(2):
        assert sign(browser, key).headers["location"] == PEOPLE
    fresh = browser_of(owner, second_factor=False)
    assert "refused=passkey" in sign(fresh, copy).headers["location"]
    assert sign(fresh, key).headers["location"] == PEOPLE


@pytest.mark.parametrize(
    "nonsense",
    [
        *("", "{", "[]", "null", "0", '"x"', "{}", '{"id": 1}', "[" * 19_000),
        '{"id":"AA","rawId":"AA","type":"public-key","response":{}}',
        '{"id":"AA","rawId":"AA","type":"public-key","response":null}',
        (
            '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"AA",'
            '"attestationObject":"AA","authenticatorData":"AA","signature":"AA"}}'
        ),
    ],
)
def test_nonsense_is_refused(key, browser, browser_of, owner, nonsense, database):
    offer(browser, "challenge")
    assert "refused=passkey" in answer_with(browser, nonsense).headers["location"]
    past = browser_of(owner)
    offer(past)
    answer = past.post("/en/second-factor/passkeys", data={"credential": nonsense})
    assert answer.headers["location"] == REFUSED
    assert count(database) == 1


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
def test_an_altered_answer_is_refused(key, browser, part):
    signed = json.loads(key.sign(offer(browser, "challenge")))
    text = signed["response"][part]
    signed["response"][part] = text[:-6] + ("A" if text[-6] != "A" else "B") + text[-5:]
    assert "refused=passkey" in answer_with(browser, json.dumps(signed)).headers["location"]
    assert sign(browser, key).headers["location"] == PEOPLE


def removal(key_id):
    return f"/en/second-factor/passkeys/{key_id}/removal"


def test_a_passkey_is_removed_by_its_owner_alone(key, browser_of, owner, database):
    with database.writing() as db:
        stranger = make_person(db, "Бөтен")
        public_id = db.scalars(select(Passkey.public_id)).one()
    foreign, missing = (
        browser_of(stranger).post(removal(each)) for each in (public_id, "nothing-of-this-name")
    )
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert count(database) == 1
    past = browser_of(owner)
    assert past.post(removal(public_id)).status_code == 303
    assert count(database) == 0
    assert past.get(PEOPLE).status_code == 303


def test_where_the_portal_has_no_name_no_passkey_is_offered(settings, owner):
    """Browsers make none for numbers; an app is offered all the same."""
    address = "http://127.0.0.1:8000"
    numbered = create_app(Settings(**(settings.model_dump() | {"base_url": address})))
    database = numbered.state.site.database
    with database.writing() as db:
        token = people.start_session(db, db.merge(owner), clock.now())
    browser = open_browser(numbered, address)
    browser.cookies.set("session", token)
    page = browser.get("/en/second-factor")
    assert page_of(page).xpath("//form[@data-passkey]") == []
    assert page_of(page).xpath("//form[@action='/en/second-factor/app']")
    assert browser.post("/en/second-factor/passkeys/options").status_code == 404
    database.close()
