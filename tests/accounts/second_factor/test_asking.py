"""Who is asked for a second factor, where, and how long it counts."""

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from portal.app import create_app, with_page_cache
from portal.config.settings import Settings
from portal.core import clock
from portal.domain.accounts.people.models import SignInSession
from portal.domain.moderation.models import Measure
from portal.domain.organizations.models import Organization
from portal.domain.registrations import actions as registrations
from portal.domain.registrations.models import Registration
from tests.accounts.second_factor.apps import use
from tests.conftest import ADDRESS, keep_session
from tests.factories import (
    make_decision,
    make_event,
    make_organization,
    make_person,
    pass_key,
    session_cookie,
    sign_up_guest,
)
from tests.pages import words


def test_a_new_browser_is_asked_and_let_through_by_the_apps_code(equipped, people_page):
    app, _codes, browser = equipped
    question = browser.get(browser.get(people_page).headers["location"])
    assert "Six digits from your app" in words(question)
    answer = use(browser, app.code())
    assert answer.headers["location"] == people_page
    assert browser.get(people_page).status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_nobody_is_led_elsewhere(equipped, elsewhere):
    app, _codes, browser = equipped
    assert elsewhere not in browser.get("/en/second-factor", params={"next": elsewhere}).text
    assert use(browser, app.code(), elsewhere).headers["location"] == "/en/second-factor"


def test_strangers_cannot_tell_what_exists_with_or_without_a_factor(browser_of, owner, database):
    """Own, foreign and missing records: one answer without a factor, one with it."""
    with database.writing() as db:
        stranger = make_person(db, "Бөтен")
        event = make_event(db, make_organization(db, "theirs")).slug
    for second_factor, status in ((False, 303), (True, 404)):
        browser = browser_of(stranger, second_factor=second_factor)
        for real, missing in (("ours", "nothing"), ("theirs", "nowhere")):
            known = browser.get(f"/en/organizing/{real}/people")
            unknown = browser.get(f"/en/organizing/{missing}/people")
            assert (known.status_code, unknown.status_code) == (status, status)
        answer = browser.get(f"/en/organizing/events/{event}/participants")
        assert answer.status_code == status


@pytest.fixture
def strict_browser(settings, owner):
    """A browser of the owner at a portal that asks everybody for a second factor."""
    strict = Settings(**(settings.model_dump() | {"second_factor": "everybody"}))
    app = create_app(strict)
    database = app.state.site.database

    def make(*, second_factor):
        headers = {"origin": ADDRESS, "sec-fetch-site": "same-origin"}
        browser = TestClient(
            with_page_cache(app), base_url=ADDRESS, follow_redirects=False, headers=headers
        )
        cookie = session_cookie(database, owner, second_factor=second_factor)
        keep_session(browser, cookie)
        return browser

    yield make
    database.close()


def test_an_operator_can_ask_everybody(strict_browser):
    without, past = strict_browser(second_factor=False), strict_browser(second_factor=True)
    for path in ("/en/profile", "/en/passes", "/en/organizing", "/en/profile/sessions"):
        assert without.get(path).headers["location"].startswith("/en/second-factor?next="), path
        assert past.get(path).status_code == 200, path
    # Reading, setting one up and signing out stay open.
    for path in ("/en", "/en/events", "/en/second-factor"):
        assert without.get(path).status_code == 200, path
    assert without.post("/en/sign-out").headers["location"] == "/en"


def test_everybody_is_asked_where_the_session_opens_and_not_where_a_secret_does(
    strict_browser, owner, database
):
    with database.writing() as db:
        ours = db.scalars(select(Organization)).one()
        event = make_event(db, ours)
        mine = registrations.register_member(db, db.merge(owner), event, clock.now())
        guests = pass_key(db, sign_up_guest(db, event, name="Жұпар"), event)
        decision = make_decision(db, ours, by=None, measure=Measure.WARN).public_id
        paths = (f"/en/passes/{mine.public_id}", f"/en/decisions/{decision}")
        forms = (f"{paths[0]}/data", f"{paths[0]}/cancellation", f"{paths[1]}/appeal")
    without, past = strict_browser(second_factor=False), strict_browser(second_factor=True)
    for path in paths:
        assert without.get(path).headers["location"].startswith("/en/second-factor?next="), path
        assert past.get(path).status_code == 200, path
    for path in forms:
        assert without.post(path).headers["location"] == "/en/second-factor", path
    assert "Жұпар" in words(without.get(f"/en/passes/{guests}"))
    assert without.post(f"/en/passes/{guests}/data").status_code == 200
    with database.reading() as db:
        assert {row.status for row in db.query(Registration)} == {"confirmed"}


def test_otherwise_members_are_not_asked(browser_of, owner):
    browser = browser_of(owner, second_factor=False)
    for path in ("/en/profile", "/en/passes", "/en/organizing", "/en/profile/sessions"):
        assert browser.get(path).status_code == 200, path


def test_passing_counts_for_one_browser(equipped, browser_of, owner, people_page, database):
    app, _codes, browser = equipped
    use(browser, app.code())
    assert browser_of(owner, second_factor=False).get(people_page).status_code == 303
    with database.reading() as db:
        passed = [s.second_factor_at is not None for s in db.scalars(select(SignInSession))]
    assert sorted(passed) == [False, True, True]
