"""An event that its editor illustrates."""

import pytest
from sqlalchemy import select

from tests.factories import (
    make_event,
)


@pytest.fixture
def event(database, editor):
    """Written first in Kazakh."""
    from portal.domain.organizations.models import Organization

    with database.writing() as db:
        ours = db.scalars(select(Organization).where(Organization.slug == "ours")).one()
        made = make_event(db, ours)
        db.expunge(made)
        return made


@pytest.fixture
def editing(browser_of, editor, event):
    return browser_of(editor)
