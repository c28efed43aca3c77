"""Three organisations with their people, and an event that one of them has founded."""

import pytest

from portal.domain.organizations.queries import organization_named
from portal.i18n.translated import Translated
from tests.factories import make_event, make_organization, make_person, sign_up_guest

ROLES = ("owner", "editor", "analyst")


@pytest.fixture
def people(database):
    """By "<organisation>/<role>": three roles in the founder, a partner and a stranger to both."""
    with database.writing() as db:
        made = {}
        for slug, name in (("founder", "Бастаушы"), ("partner", "Серіктес"), ("other", "Бөтен")):
            staff = {role: make_person(db, f"{slug} {role}") for role in ROLES}
            organization = make_organization(db, slug, **staff)
            organization.name = Translated.of("kk", kk=name)
            made |= {f"{slug}/{role}": person for role, person in staff.items()}
        return made


@pytest.fixture
def slug(database, people):
    """An event of the founder's with one participant; nobody has been asked yet."""
    with database.writing() as db:
        event = make_event(db, organization_named(db, "founder"))
        sign_up_guest(db, event, name="Zhanbolat")
        return event.slug
