"""Which codes of the second factor count: the app's and those kept for the day it is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.second_factors import actions
from portal.domain.accounts.second_factors.models import Codes
from portal.domain.accounts.second_factors.rules import FIRST_WAIT, FREE_FAILURES, Outcome
from tests.accounts.second_factor.apps import STEP, set_up, use, why
from tests.factories import make_person
from tests.pages import errors_of, page_of, words


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
