"""An editor of an organisation, their browser, and an initiative of theirs."""

from __future__ import annotations

import pytest

from portal.domain.organizations.queries import organization_named
from tests.factories import (
    make_initiative,
    make_organization,
    make_person,
)


@pytest.fixture
def editor(database):
    with database.writing() as db:
        person = make_person(db)
        make_organization(db, "ours", editor=person)
        return person


@pytest.fixture
def browser(browser_of, editor):
    return browser_of(editor)


@pytest.fixture
def slug(database, editor):
    with database.writing() as db:
        return make_initiative(db, organization_named(db, "ours")).slug
