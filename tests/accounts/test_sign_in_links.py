"""Signing in by a letter: in the browser that asked, once, for ten minutes, by nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.app import declared_links
from portal.config.settings import Settings
from portal.core import clock
from portal.db.engine import Base
from portal.domain.accounts.identities.actions import forget_links
from portal.domain.accounts.identities.models import SignInLink
from portal.domain.accounts.people.models import Identity, Person, SignInSession
from portal.domain.accounts.people.queries import address_of
from portal.domain.emails.actions import lease_notifications, notify
from portal.domain.emails.models import Notification, NotificationKind
from portal.mail.notifications import compose_notification
from tests.conftest import ADDRESS
from tests.factories import make_person
from tests.pages import errors_of, page_of, value_of, words
from tests.queries import queries_of

AIGUL = "aigul@example.org"


@pytest.fixture
def settings(settings):
    """Letters are on, though nobody takes them away: tests read what is owed."""
    return Settings(**settings.model_dump() | {"smtp_url": "smtp://127.0.0.1:9"})


@pytest.fixture
def letters(database, settings):
    """`letters(address)` are the path and the code of every letter owed to it, oldest first."""

    def read(address=AIGUL):
        found = []
        with database.writing() as db:
            for notice in db.scalars(select(Notification).order_by(Notification.id)):
                links = declared_links(settings)
                message = compose_notification(db, notice, links, settings, notice.due_at)
                if message["to"] == address:
                    text = message.get_body(("plain",)).get_content()
                    (url,) = [line for line in text.splitlines() if "/sign-in/link/" in line]
                    (code,) = [
                        line.rpartition(" ")[2] for line in text.splitlines() if "Type this" in line
                    ]
                    found.append((url.strip().removeprefix(ADDRESS), code))
        return found

    return read


def ask(browser, email=AIGUL, **more):
    answer = browser.post("/en/sign-in/link", data={"email": email, **more})
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/sign-in/link")
    return answer


def rows(database, *without):
    with database.reading() as db:
        return {
            table.name: sorted(map(repr, db.execute(select(table)).all()))
            for table in Base.metadata.sorted_tables
            if table.name not in without
        }


def count(database, table):
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table))


def is_signed_in(browser):
    return browser.get("/en/profile").status_code == 200


def test_a_letter_signs_in_whoever_can_read_it(client, database, letters):
    ask(client, next="/en/events?tag=music")
    ((path, _code),) = letters()
    shown = client.get(path)
    assert page_of(shown).xpath("//main//form/@action") == [path]
    answer = client.post(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/events?tag=music")
    assert is_signed_in(client)
    with database.reading() as db:
        identity = db.scalars(select(Identity)).one()
        assert (identity.issuer, identity.provider) == ("email", "email")
        assert AIGUL not in identity.subject
        assert address_of(db, db.get_one(Person, identity.person_id)) == AIGUL
        assert db.scalars(select(SignInLink.email_sealed)).all() == [None]


def test_opening_the_link_changes_nothing(client, browser_of, database, letters):
    """Mail programs and their guards open every link before the reader does."""
    ask(client)
    ((path, _code),) = letters()
    before = rows(database)
    for browser in (client, browser_of()):
        assert browser.get(path).status_code == 200
        assert browser.head(path).status_code == 200
    assert rows(database) == before
    assert client.post(path).status_code == 303


def test_the_second_time_it_is_the_same_person_however_the_address_is_spelt(
    client, browser_of, database, letters
):
    for email in (AIGUL, "Aigul@Example.ORG"):
        browser = browser_of()
        ask(browser, email)
        browser.post(letters(email)[-1][0])
        assert is_signed_in(browser)
    assert count(database, Person) == 1


@pytest.mark.parametrize("typed", [str, str.lower, lambda code: f" {code.replace('-', ' ')} "])
def test_the_code_does_the_same_for_a_letter_read_elsewhere(client, letters, typed):
    ask(client, next="/en/events")
    ((_path, code),) = letters()
    answer = client.post("/en/sign-in/code", data={"code": typed(code)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/events")
    assert is_signed_in(client)


def test_codes_are_forty_bits_without_letters_that_look_like_digits(client, letters):
    for _letter in range(3):
        ask(client)
    codes = [code for _path, code in letters()]
    assert len(set(codes)) == 3
    for code in codes:
        assert len(code) == 9
        assert not set(code) & set("OILU")


def test_link_and_code_are_worth_nothing_in_another_browser(client, browser_of, database, letters):
    ask(client)
    ((path, code),) = letters()
    other, asking = browser_of(), browser_of()
    ask(asking, "bolat@example.org")
    before = rows(database, "sign_in_links")
    for browser in (other, asking):
        answer = browser.post(path)
        assert answer.status_code == 400
        assert "asked for in another browser" in words(answer)
        assert value_of(answer, "email") is None  # the way in is here, to ask anew
        assert browser.post("/en/sign-in/code", data={"code": code}).headers["location"] == (
            "/en/sign-in/link?wrong=yes"
        )
        assert not is_signed_in(browser)
    assert rows(database, "sign_in_links") == before
    assert client.post(path).status_code == 303
    assert is_signed_in(client)


def test_a_letter_counts_once_by_link_or_code(client, browser_of, database, letters):
    for first in ("link", "code"):
        browser = browser_of()
        ask(browser)
        note = browser.cookies["__Host-sign_in_link"]
        path, code = letters()[-1]
        attempts = {"link": (path, {}), "code": ("/en/sign-in/code", {"code": code})}
        used, form = attempts.pop(first)
        assert browser.post(used, data=form).status_code == 303
        thief = browser_of()
        thief.cookies.set("__Host-sign_in_link", note)
        for target, typed in ((used, form), *attempts.values()):
            thief.post(target, data=typed)
            assert not is_signed_in(thief)
    assert count(database, SignInSession) == 2


@pytest.mark.parametrize(("minutes", "is_good"), [(9, True), (10, False)])
def test_a_letter_is_good_for_ten_minutes(client, letters, monkeypatch, minutes, is_good):
    true_now = clock.now
    for way in ("link", "code"):
        monkeypatch.setattr(clock, "now", true_now)
        ask(client)
        path, code = letters()[-1]
        monkeypatch.setattr(clock, "now", lambda: true_now() + timedelta(minutes=minutes))
        target, form = (path, {}) if way == "link" else ("/en/sign-in/code", {"code": code})
        client.post(target, data=form)
        assert is_signed_in(client) is is_good
        client.post("/en/sign-out")


@pytest.mark.parametrize(("tries", "is_good"), [(4, True), (5, False)])
def test_five_wrong_codes_spend_the_code(client, letters, tries, is_good):
    ask(client)
    ((path, code),) = letters()
    wrong = "0000-0000" if code != "0000-0000" else "1111-1111"
    for typed in [wrong] * tries:
        answer = client.post("/en/sign-in/code", data={"code": typed})
        assert "not the code of the letter" in words(client.get(answer.headers["location"]))
    client.post("/en/sign-in/code", data={"code": code})
    assert is_signed_in(client) is is_good
    if not is_good:  # whoever holds the letter itself comes in
        client.post(path)
        assert is_signed_in(client)


def test_nobody_learns_whether_an_address_is_known(client, browser_of, database, letters):
    """Known by a letter, known by a provider, unknown: one answer, and the same work behind it."""
    ask(client)
    client.post(letters()[0][0])
    with database.writing() as db:
        make_person(db, email="marat@example.org")
    answers, work = [], []
    for email in (AIGUL, "marat@example.org", "nobody@example.org"):
        browser = browser_of()
        with queries_of(database) as sent:
            answer = ask(browser, email)
        headers = {k: v for k, v in answer.headers.items() if k != "set-cookie"}
        cookie = answer.headers["set-cookie"]
        answers.append((headers, answer.text, len(cookie), browser.get("/en/sign-in/link").text))
        work.append(sent)
    assert answers[0] == answers[1] == answers[2]
    assert work[0] == work[1] == work[2]


def test_an_address_is_sent_five_letters_an_hour_and_nobody_is_told(
    client, browser_of, letters, monkeypatch
):
    answers = [ask(browser_of()).headers["location"] for _time in range(7)]
    assert len(set(answers)) == 1
    assert len(letters()) == 5
    ask(client, "bolat@example.org")
    assert len(letters("bolat@example.org")) == 1
    true_now = clock.now
    monkeypatch.setattr(clock, "now", lambda: true_now() + timedelta(hours=1))
    ask(client)
    assert len(letters()) == 6


REFUSED = {
    "nothing": "",
    "no address": "aigul",
    "a second header": "aigul@example.org\nBcc: b@example.org",
    "too long": "a" * 250 + "@example.org",
    "the Kelvin sign": "mara\u212a@example.org",
    "a long s": "\u017ferik@example.org",
    "a full-width letter": "\uff41igul@example.org",
    "a full-width letter in the domain": "aigul@\uff45xample.org",
    "a ligature": "\ufb01ne@example.org",
    "a sharp s": "stra\u00dfe@example.org",
    "a superscript": "aigul\u00b9@example.org",
}


@pytest.mark.parametrize("reason", REFUSED)
def test_addresses_that_look_like_others_are_refused(client, database, reason):
    before = rows(database)
    answer = client.post("/en/sign-in/link", data={"email": REFUSED[reason]})
    assert answer.status_code == 422
    assert list(errors_of(answer)) == ["email"]
    assert rows(database) == before


@pytest.mark.parametrize(
    ("own", "other"),
    [("serik@example.org", "ser\u0131k@example.org"), (AIGUL, "\u0430igul@example.org")],
)
def test_addresses_with_other_letters_are_other_accounts(browser_of, database, letters, own, other):
    """A dotless ı and a Cyrillic а are letters in their own right, and mailboxes of their own."""
    for email in (own, other):
        browser = browser_of()
        ask(browser, email)
        browser.post(letters(email)[0][0])
        assert is_signed_in(browser)
    assert count(database, Person) == 2


def test_an_account_with_the_same_address_is_not_entered_and_not_doubled(client, database, letters):
    with database.writing() as db:
        make_person(db, "Айгүл", email=AIGUL)
    for way in ("link", "code"):
        ask(client)
        path, code = letters()[-1]
        before = rows(database, "sign_in_links")
        target, form = (path, {}) if way == "link" else ("/en/sign-in/code", {"code": code})
        answer = client.post(target, data=form)
        assert answer.headers["location"] == "/en/sign-in/choice"
        shown = words(client.get("/en/sign-in/choice"))
        assert "Another account with this address may exist" in shown
        assert "Ways to sign in" in shown
        assert not is_signed_in(client)
        assert rows(database, "sign_in_links") == before
    assert client.post("/en/sign-in/choice").headers["location"] == "/en"
    assert is_signed_in(client)
    assert "Айгүл" not in client.get("/en/profile").text
    assert count(database, Person) == 2


def test_a_new_account_is_not_begun_without_the_letter(client, browser_of, database, letters):
    with database.writing() as db:
        make_person(db, email=AIGUL)
    ask(client)
    assert client.post("/en/sign-in/choice").status_code == 400
    client.post(letters()[0][0])
    assert browser_of().post("/en/sign-in/choice").status_code == 400
    assert count(database, Person) == 1
    assert client.post("/en/sign-in/choice").status_code == 303
    assert client.post("/en/sign-in/choice").status_code == 400
    assert count(database, Person) == 2


def test_signing_in_ends_the_session_that_was_brought_along(client, browser_of, database, letters):
    with database.writing() as db:
        person = make_person(db)
    browser = browser_of(person)
    planted = browser.cookies["__Host-session"]
    ask(browser)
    browser.post(letters()[0][0])
    thief = browser_of()
    thief.cookies.set("__Host-session", planted)
    assert not is_signed_in(thief)
    assert count(database, SignInSession) == 1


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_no_next_leads_away_after_a_letter(client, letters, target):
    ask(client, next=target)
    assert client.post(letters()[0][0]).headers["location"] == "/en"


def test_our_own_form_alone_asks_for_letters(client, database):
    crossed = {"sec-fetch-site": "cross-site"}
    answer = client.post("/en/sign-in/link", data={"email": AIGUL}, headers=crossed)
    assert answer.status_code == 403
    assert count(database, Notification) == 0


def test_the_letter_goes_first_and_not_too_late(client, database, settings, letters):
    with database.writing() as db:
        for _notice in range(3):
            words_of_it = {"organization": "Altyn saqa", "role": "editor"}
            notify(
                db,
                NotificationKind.INVITATION,
                now=clock.now() - timedelta(hours=1),
                language="en",
                address=AIGUL,
                **words_of_it,
            )
    ask(client)
    with database.writing() as db:
        (first,) = lease_notifications(db, clock.now(), 1)
        assert first.about == NotificationKind.SIGN_IN_LINK
        links, due = declared_links(settings), first.due_at
        assert compose_notification(db, first, links, settings, due + timedelta(minutes=9))
        assert compose_notification(db, first, links, settings, due + timedelta(minutes=10)) is None


def test_links_are_forgotten_after_an_hour(client, database):
    ask(client)
    with database.writing() as db:
        forget_links(db, clock.now() + timedelta(minutes=59))
        assert db.scalar(select(func.count()).select_from(SignInLink)) == 1
        forget_links(db, clock.now() + timedelta(hours=1))
        assert db.scalar(select(func.count()).select_from(SignInLink)) == 0


def test_neither_address_nor_code_nor_link_is_readable_in_the_database(client, database, letters):
    ask(client)
    ((path, code),) = letters()
    held = repr(rows(database))
    for secret in (AIGUL, "aigul", code, code.replace("-", ""), path.rpartition("/")[2]):
        assert secret not in held


def test_where_letters_are_off_the_way_is_not_there(browser_at):
    for changes in ({"smtp_url": ""}, {"sign_in_by_email": False}):
        browser = browser_at(**changes)
        assert page_of(browser.get("/en/sign-in")).xpath("//main//input[@name='email']") == []
        asked = browser.post("/en/sign-in/link", data={"email": AIGUL})
        assert asked.headers["location"] == "/en/sign-in"
        assert count(browser.site.database, SignInLink) == 0
