"""New browsers are asked for a second factor: an app's code, or a recovery code."""

from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from sqlalchemy import select

from portal.app import create_app
from portal.config.settings import Settings
from portal.core import clock
from portal.domain.accounts.people.models import Person, SignInSession
from portal.domain.accounts.second_factors import actions
from portal.domain.accounts.second_factors.models import Codes, RecoveryCode
from portal.domain.accounts.second_factors.rules import FIRST_WAIT, FREE_FAILURES, Outcome
from portal.domain.emails.models import Notification, NotificationKind
from portal.domain.moderation.models import Measure
from portal.domain.organizations.models import Organization
from portal.domain.registrations import actions as registrations
from portal.domain.registrations.models import Registration
from tests.accounts.second_factor.apps import STEP, App, set_up, use, why
from tests.conftest import keep_session, open_browser
from tests.factories import (
    make_decision,
    make_event,
    make_organization,
    make_person,
    pass_key,
    session_cookie,
    sign_up_guest,
)
from tests.pages import errors_of, page_of, words


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
            known = browser.get(f"/en/manage/{real}/people")
            unknown = browser.get(f"/en/manage/{missing}/people")
            assert (known.status_code, unknown.status_code) == (status, status)
        answer = browser.get(f"/en/manage/events/{event}/participants")
        assert answer.status_code == status


@pytest.fixture
def strict_browser(settings, owner):
    """A browser of the owner at a portal that asks everybody for a second factor."""
    strict = Settings(**(settings.model_dump() | {"second_factor": "everybody"}))
    app = create_app(strict)
    database = app.state.site.database

    def make(*, second_factor):
        browser = open_browser(app)
        cookie = session_cookie(database, owner, second_factor=second_factor)
        keep_session(browser, cookie)
        return browser

    yield make
    database.close()


def test_an_operator_can_ask_everybody(strict_browser):
    without, past = strict_browser(second_factor=False), strict_browser(second_factor=True)
    for path in ("/en/profile", "/en/passes", "/en/manage", "/en/profile/sessions"):
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
    for path in ("/en/profile", "/en/passes", "/en/manage", "/en/profile/sessions"):
        assert browser.get(path).status_code == 200, path


def test_passing_counts_for_one_browser(equipped, browser_of, owner, people_page, database):
    app, _codes, browser = equipped
    use(browser, app.code())
    assert browser_of(owner, second_factor=False).get(people_page).status_code == 303
    with database.reading() as db:
        passed = [s.second_factor_at is not None for s in db.scalars(select(SignInSession))]
    assert sorted(passed) == [False, True, True]


def notices(database):
    with database.reading() as db:
        return list(db.scalars(select(Notification.about).order_by(Notification.id)))


def test_an_app_is_set_up_on_the_way_to_what_one_wanted(
    frozen, browser_of, owner, people_page, database
):
    browser = browser_of(owner, second_factor=False)
    sent = browser.get(people_page)
    assert sent.status_code == 303
    assert sent.headers["location"] == "/en/second-factor?next=%2Fen%2Fmanage%2Fours%2Fpeople"
    page = browser.get(sent.headers["location"])
    assert page_of(page).xpath("//main//input[@name='next']/@value")[0] == people_page

    stolen = browser.cookies.get("__Host-session")
    _app, codes = set_up(browser, target=people_page)
    assert len(set(codes)) == 10
    assert browser.get(people_page).status_code == 200
    assert browser.cookies.get("__Host-session") != stolen
    assert notices(database) == [NotificationKind.SECOND_FACTOR_ADDED]
    # What could do less before can do nothing now.
    thief = browser_of()
    keep_session(thief, stolen)
    assert thief.get("/en/profile").headers["location"].startswith("/en/sign-in")


def test_the_secret_is_shown_as_a_picture_of_our_own_and_as_text(frozen, browser_of, owner):
    browser = browser_of(owner, second_factor=False)
    page = browser.get(browser.post("/en/second-factor/app").headers["location"])
    secret = "".join(page_of(page).xpath("//main//code/text()")[0].split())
    (address,) = page_of(page).xpath("//main//a[starts-with(@href,'otpauth://totp/')]/@href")
    assert pyotp.parse_uri(address).secret == secret
    assert page_of(page).xpath("//main//svg[@role='img']/path/@d")[0].startswith("M4 4h7v1h-7z")
    assert "data:" not in page.text


def test_an_app_counts_only_once_its_first_code_is_right(frozen, browser_of, owner, people_page):
    browser = browser_of(owner, second_factor=False)
    browser.post("/en/second-factor/app")
    refused = browser.post("/en/second-factor/app/confirmation", data={"code": "000000"})
    assert refused.status_code == 422
    assert "not right" in errors_of(refused)["code"]
    assert browser.get(people_page).status_code == 303
    assert set_up(browser)
    assert browser.get(people_page).status_code == 200


def test_who_has_signed_in_without_the_factor_cannot_change_it(equipped, database):
    """A stolen session must not make itself a factor, nor take the owner's away."""
    app, _codes, browser = equipped
    changes = [
        *("/app", "/app/confirmation", "/app/removal", "/recovery-codes"),
        *("/passkeys/options", "/passkeys", "/passkeys/any/removal"),
    ]
    with database.reading() as db:
        before = sorted(db.scalars(select(RecoveryCode.digest)))
    for path in changes:
        answer = browser.post(f"/en/second-factor{path}", data={"code": app.code()})
        assert answer.status_code == 303, path
        assert answer.headers["location"] == "/en/second-factor", path
    assert browser.get("/en/second-factor/app").status_code == 303
    with database.reading() as db:
        assert db.scalars(select(Codes.pending_sealed)).one() is None
        assert sorted(db.scalars(select(RecoveryCode.digest))) == before
    use(browser, app.code())
    assert browser.post("/en/second-factor/app").headers["location"] == "/en/second-factor/app"


def test_moving_to_another_app_leaves_the_old_one_until_the_new_one_works(
    equipped, browser_of, owner, people_page, frozen
):
    app, _codes, browser = equipped
    use(browser, app.code())
    browser.post("/en/second-factor/app")
    frozen(STEP)
    assert use(browser_of(owner, second_factor=False), app.code()).headers["location"] == (
        people_page
    )
    page = browser.get("/en/second-factor/app")
    new = App("".join(page_of(page).xpath("//main//code/text()")[0].split()))
    frozen(STEP)
    browser.post("/en/second-factor/app/confirmation", data={"code": new.code()})
    frozen(STEP)
    other = browser_of(owner, second_factor=False)
    assert why(use(other, app.code())) == ["wrong"]
    assert use(other, new.code()).headers["location"] == people_page


def test_whoever_removes_the_last_factor_needs_a_new_one(equipped, people_page, database):
    app, _codes, browser = equipped
    use(browser, app.code())
    assert browser.post("/en/second-factor/app/removal").status_code == 303
    assert browser.get(people_page).status_code == 303
    assert "You have none yet" in words(browser.get("/en/second-factor"))
    with database.reading() as db:
        assert db.scalars(select(RecoveryCode)).all() == []
    set_up(browser)
    assert browser.get(people_page).status_code == 200


def test_a_stolen_database_tells_no_secret(equipped, database):
    _app, codes, _browser = equipped
    with database.reading() as db:
        kept = repr([db.execute(select(*t.__table__.c)).all() for t in (Codes, RecoveryCode)])
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]
    assert codes


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_be_one_step_off(equipped, people_page, frozen, steps):
    app, _codes, browser = equipped
    frozen(10 * STEP)
    assert use(browser, app.code(steps)).headers["location"] == people_page


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_code_of_another_time_is_refused(equipped, people_page, frozen, steps):
    app, _codes, browser = equipped
    frozen(10 * STEP)
    assert why(use(browser, app.code(steps))) == ["wrong"]
    assert browser.get(people_page).status_code == 303
    assert use(browser, app.code()).headers["location"] == people_page


def test_a_code_is_taken_once(equipped, browser_of, owner, people_page, frozen):
    app, _codes, browser = equipped
    assert use(browser, app.code()).headers["location"] == people_page
    other = browser_of(owner, second_factor=False)
    answer = use(other, app.code())
    assert why(answer) == ["used"]
    assert "used already" in errors_of(other.get(answer.headers["location"]))["code"]
    # Nor an older one that has not been used itself.
    assert why(use(other, app.code(-1))) == ["used"]
    frozen(STEP)
    assert use(other, app.code()).headers["location"] == people_page


def test_the_code_that_confirmed_an_app_is_not_taken_again(frozen, browser_of, owner):
    app, _codes = set_up(browser_of(owner, second_factor=False))
    assert why(use(browser_of(owner, second_factor=False), app.code())) == ["used"]


def test_somebody_elses_codes_are_wrong(equipped, browser_of, database, people_page):
    _app, codes, browser = equipped
    with database.writing() as db:
        stranger = make_person(db, "Бөтен")
    other_app, other_codes = set_up(browser_of(stranger, second_factor=False))
    assert why(use(browser, other_app.code())) == ["wrong"]
    assert why(use(browser, other_codes[0])) == ["wrong"]
    assert why(use(browser_of(stranger, second_factor=False), codes[0])) == ["wrong"]
    assert use(browser, codes[0]).headers["location"] == people_page
    assert use(browser_of(stranger, second_factor=False), other_codes[0]).status_code == 303


def test_a_recovery_code_opens_once_however_it_is_typed(equipped, browser_of, owner, people_page):
    _app, codes, browser = equipped
    typed = f" {codes[0].upper().replace('-', ' ')} "
    assert use(browser, typed).headers["location"] == people_page
    other = browser_of(owner, second_factor=False)
    assert why(use(other, codes[0])) == ["wrong"]
    assert use(other, codes[1]).headers["location"] == people_page
    assert "8 recovery codes are left" in words(other.get("/en/second-factor"))


def test_new_recovery_codes_end_the_old(equipped, browser_of, owner, people_page):
    app, codes, browser = equipped
    use(browser, app.code())
    shown = browser.post("/en/second-factor/recovery-codes")
    fresh = page_of(shown).xpath("//ul[contains(@class,'codes')]//code/text()")
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    other = browser_of(owner, second_factor=False)
    assert why(use(other, codes[0])) == ["wrong"]
    assert use(other, fresh[0]).headers["location"] == people_page


def test_guessing_makes_one_wait_longer_and_longer(equipped, people_page, frozen, database):
    app, _codes, browser = equipped
    for _try in range(FREE_FAILURES):
        assert why(use(browser, "wrong-code")) == ["wrong"]
    # Even the right code waits, or a guess that is right would be told by its answer.
    assert why(use(browser, app.code())) == ["wait"]
    frozen(FIRST_WAIT)
    assert why(use(browser, "wrong-code")) == ["wrong"]
    frozen(FIRST_WAIT)
    assert why(use(browser, app.code())) == ["wait"]
    frozen(FIRST_WAIT)
    assert use(browser, app.code()).headers["location"] == people_page
    with database.reading() as db:
        assert db.scalars(select(Codes.failures)).one() == 0


def test_an_empty_code_is_no_try(equipped, database):
    _app, _codes, browser = equipped
    assert browser.post("/en/second-factor", data={}).status_code == 422
    with database.reading() as db:
        assert db.scalars(select(Codes.failures)).one() == 0


def test_a_code_that_arrives_several_times_at_once_opens_once(equipped, database):
    app, codes, _browser = equipped
    with database.reading() as db:
        owner = db.scalars(select(Codes.person_id)).one()
    for code in (app.code(), codes[0]):

        def attempt(_number, code=code):
            with database.writing() as db:
                return actions.use_code(db, db.get_one(Person, owner), code, clock.now())

        with ThreadPoolExecutor(4) as at_once:
            outcomes = list(at_once.map(attempt, range(4)))
        assert outcomes.count(Outcome.PASSED) == 1
