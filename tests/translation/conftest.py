"""A translator of an event, and the people of an organisation whose items are translated."""

import pytest

from portal.i18n.translated import Translated
from tests.factories import kept, make_event, make_organization, make_person, sign_up_guest
from tests.translation.translation_forms import STORY, TITLE


@pytest.fixture
def translator(database, browser_of):
    """A translator's browser, and the address of the page for Russian."""
    with database.writing() as db:
        person = make_person(db)
        organization = make_organization(db, "ours", owner=make_person(db), translator=person)
        description = Translated.of("kk", kk=STORY)
        event = make_event(db, organization, title=TITLE, description=description)
        sign_up_guest(db, event, name="Zhanbolat")
        slug = event.slug
    return browser_of(person), f"/en/manage/translations/event/{slug}/ru"


@pytest.fixture
def people(database):
    """An editor, a translator and a helper at the door of the organisation, and a stranger."""
    with database.writing() as db:
        made = {name: make_person(db) for name in ("editor", "translator", "door", "stranger")}
        roles = {name: person for name, person in made.items() if name != "stranger"}
        make_organization(db, "ours", owner=make_person(db), **roles)
        return kept(db, made)
