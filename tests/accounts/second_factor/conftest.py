"""An owner whom the people page asks for a second factor, and a clock that stands still."""

import pytest

from portal.core import clock
from tests.accounts.second_factor.apps import STEP, set_up
from tests.factories import make_organization, make_person


@pytest.fixture
def frozen(monkeypatch):
    """Moves the clock, which stands still otherwise: `frozen(STEP)` is half a minute later."""
    at = clock.now()
    monkeypatch.setattr(clock, "now", lambda: at)

    def later(length):
        nonlocal at
        at += length
        return at

    return later


@pytest.fixture
def owner(database):
    """The owner of "ours", who has an event with the slug of the fixture `event`."""
    with database.writing() as db:
        person = make_person(db, "Иесі")
        make_organization(db, "ours", owner=person)
    return person


@pytest.fixture
def people_page():
    return "/en/manage/ours/people"


@pytest.fixture
def equipped(frozen, browser_of, owner):
    """The owner's app and recovery codes, and a browser that has used neither."""
    app, codes = set_up(browser_of(owner, second_factor=False))
    frozen(STEP)
    return app, codes, browser_of(owner, second_factor=False)
