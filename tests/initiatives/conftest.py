"""An editor of an organisation, their browser, and an initiative of theirs."""

import pytest

from portal.domain.organizations.queries import organization_named
from tests.factories import (
    make_initiative,
)


@pytest.fixture
def browser(browser_of, editor):
    return browser_of(editor)


@pytest.fixture
def slug(database, editor):
    with database.writing() as db:
        return make_initiative(db, organization_named(db, "ours")).slug
