"""An organisation that writes, and a draft of its editor's."""

import pytest
from sqlalchemy import select

from portal.domain.organizations.models import Organization
from tests.factories import (
    kept,
    make_organization,
    make_person,
    make_story,
)


@pytest.fixture
def people(database):
    """Two editors of ours, a member, a moderator, and an editor of others."""
    with database.writing() as db:
        names = ("editor", "second", "member", "foreigner")
        made = {name: make_person(db, name, language="kk") for name in names}
        made["moderator"] = make_person(db, "moderator", is_moderator=True)
        make_organization(db, "ours", owner=made["second"], editor=made["editor"])
        make_organization(db, "theirs", owner=made["foreigner"])
        return kept(db, made)


@pytest.fixture
def draft(database, people):
    with database.writing() as db:
        ours = db.scalars(select(Organization).where(Organization.slug == "ours")).one()
        return make_story(db, ours, people["editor"], published=False).slug
