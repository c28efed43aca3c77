"""An editor's browser, and an event published with it."""

from __future__ import annotations

import pytest

from tests.factories import make_organization, make_person
from tests.functional.events.editing import published


@pytest.fixture
def editor(database):
    """An editor of the organisation "ours"."""
    with database.writing() as db:
        person = make_person(db)
        make_organization(db, "ours", editor=person)
    return person


@pytest.fixture
def browser(browser_of, editor):
    return browser_of(editor)


@pytest.fixture
def slug(browser):
    """An event published through the pages."""
    return published(browser)
