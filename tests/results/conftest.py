"""A past event and its editor's browser."""

from datetime import timedelta

import pytest

from portal.core import clock
from portal.domain.organizations.queries import organization_named
from tests.factories import make_event


@pytest.fixture
def browser(browser_of, editor):
    return browser_of(editor)


@pytest.fixture
def past(database, editor):
    """Makes an event of ours that is over, unless changed."""

    def make(days=3, **changes):
        with database.writing() as db:
            given = {"starts_at": clock.now() - timedelta(days=days)} | changes
            return make_event(db, organization_named(db, "ours"), **given).slug

    return make


@pytest.fixture
def slug(past):
    return past()
