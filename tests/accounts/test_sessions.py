"""Each browser is listed, told apart by what it says, and signed out from another."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.models import SignInSession
from portal.domain.accounts.people.rules import SESSION_LASTS, TOUCH_EVERY
from portal.web.accounts.user_agents import described_browser
from tests.conftest import keep_session
from tests.factories import make_person
from tests.pages import page_of, words


@pytest.fixture
def person(database):
    with database.writing() as db:
        return make_person(db, "Дина")


def begin(database, person, **about):
    """A session; its public id and its token."""
    with database.writing() as db:
        token = people.start_session(db, db.merge(person), clock.now(), **about)
        newest = db.scalars(select(SignInSession).order_by(SignInSession.id.desc())).first()
        return newest.public_id, token


def rows(database):
    with database.reading() as db:
        return len(db.scalars(select(SignInSession)).all())


def endings(page):
    return page_of(page).xpath("//main//form/@action")


def test_every_browser_is_listed_and_told_apart(browser_of, person, database):
    elsewhere, _token = begin(database, person, way="email", browser="Firefox, Android")
    page = browser_of(person).get("/en/profile/sessions")
    assert "Firefox, Android" in words(page)
    assert "with Link by e-mail" in words(page)
    assert words(page).count("(this one)") == 1
    # This browser has no button: its owner signs out above.
    assert endings(page) == [
        f"/en/profile/sessions/{elsewhere}/end",
        "/en/profile/sessions/others/end",
    ]


def test_one_browser_is_signed_out_from_another(browser_of, person, database):
    ended, token = begin(database, person)
    other = browser_of()
    keep_session(other, token)
    assert other.get("/en/profile").status_code == 200
    here = browser_of(person)
    assert here.post(f"/en/profile/sessions/{ended}/end").status_code == 303
    assert other.get("/en/profile").headers["location"].startswith("/en/sign-in")
    assert here.get("/en/profile").status_code == 200
    assert "nowhere else" in words(here.get("/en/profile/sessions"))


def test_ending_this_one_is_signing_out(browser_of, person, database):
    ended, token = begin(database, person)
    browser = browser_of()
    keep_session(browser, token)
    assert browser.post(f"/en/profile/sessions/{ended}/end").headers["location"] == "/en"
    assert browser.cookies.get("__Host-session") is None
    assert rows(database) == 0


def test_all_others_are_ended_at_once_and_nobody_elses(browser_of, person, database):
    with database.writing() as db:
        stranger = make_person(db, "Бөтен")
    theirs, here = browser_of(stranger), browser_of(person)
    for _number in range(3):
        begin(database, person)
    assert here.post("/en/profile/sessions/others/end").status_code == 303
    assert rows(database) == 2
    assert here.get("/en/profile").status_code == 200
    assert theirs.get("/en/profile").status_code == 200


def test_another_persons_session_looks_like_none(browser_of, person, database):
    with database.writing() as db:
        stranger = make_person(db, "Бөтен")
    theirs, _token = begin(database, stranger)
    browser = browser_of(person)
    foreign, missing = (
        browser.post(f"/en/profile/sessions/{each}/end") for each in (theirs, "a" * len(theirs))
    )
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert len(foreign.content) == len(missing.content)
    assert rows(database) == 2
    assert theirs not in browser.get("/en/profile/sessions").text


def acted_at(database):
    with database.reading() as db:
        return db.scalars(select(SignInSession.acted_at)).one()


def test_use_is_noted_by_forms_and_once_an_hour(browser_of, person, database, monkeypatch):
    browser, began = browser_of(person), acted_at(database)
    form = {"name": "Дина", "language": "kk"}
    for later, expected in (
        (TOUCH_EVERY - timedelta(seconds=30), began),
        (TOUCH_EVERY + timedelta(seconds=30), None),
    ):
        now = began + later
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        assert browser.get("/en/profile").status_code == 200
        assert acted_at(database) == began  # reading writes nothing
        assert browser.post("/en/profile", data=form).status_code == 303
        assert acted_at(database) == (expected or now)


def test_a_session_that_is_over_is_neither_listed_nor_of_use(
    browser_of, person, database, monkeypatch
):
    _id, token = begin(database, person, browser="Firefox, Android")
    now = clock.now() + SESSION_LASTS
    old = browser_of()
    keep_session(old, token)
    assert old.get("/en/profile").status_code == 200
    monkeypatch.setattr(clock, "now", lambda: now)
    assert old.get("/en/profile").status_code == 303
    assert "Firefox, Android" not in words(browser_of(person).get("/en/profile/sessions"))


MOZILLA = "Mozilla/5.0"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "described"),
    [
        (f"{MOZILLA} (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox, Linux"),
        (f"{MOZILLA} (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0", "Firefox, Android"),
        (
            f"{MOZILLA} (Linux; Android 10; K) {WEBKIT} Chrome/142.0.0.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        (
            f"{MOZILLA} (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/142 Safari/537 Edg/142.0",
            "Edge, Windows",
        ),
        (
            f"{MOZILLA} (Windows NT 10.0) {WEBKIT} Chrome/140 YaBrowser/25.10 Safari/537.36",
            "Yandex, Windows",
        ),
        (
            f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) {WEBKIT} Version/18.0 Safari/6",
            "Safari, iOS",
        ),
        (
            f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/18.0 Safari/605.1",
            "Safari, macOS",
        ),
        ("curl/8.5.0", ""),
        ("", ""),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_a_browser_is_described(user_agent, described):
    assert described_browser(user_agent) == described


def test_versions_make_no_difference():
    found = {
        described_browser(f"{MOZILLA} (X11; Linux; rv:{n}) Gecko Firefox/{n}") for n in range(99)
    }
    assert found == {"Firefox, Linux"}
