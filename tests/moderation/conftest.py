"""A reported organisation with its people, and moderators who have or have not acted on it."""

import pytest

from portal.domain.events.models import Event
from tests.factories import make_event, make_host, make_organization, make_person, make_report
from tests.moderation.casework import claim, decide, latest_decision


@pytest.fixture
def cast(database):
    """Ids and slugs of one reported organisation, its people, and three moderators."""
    with database.writing() as db:
        people = {
            "owner": make_person(db, "Иесі", language="kk", email="owner@example.org"),
            "editor": make_person(db, "Редактор", language="ru"),
            "analyst": make_person(db, "Analyst"),
            "first": make_person(db, "First", is_moderator=True),
            "second": make_person(db, "Second", is_moderator=True),
            "administrator": make_person(db, "Third", is_administrator=True),
            "member": make_person(db, "Member"),
        }
        staff = {role: people[role] for role in ("owner", "editor", "analyst")}
        organization = make_organization(db, "ours", **staff)
        event = make_event(db, organization)
        report = make_report(db, organization, event, email="reporter@example.org", language="ru")
        return {
            "people": people,
            "ids": {name: person.id for name, person in people.items()},
            "organization": organization.id,
            "event": event.id,
            "slug": event.slug,
            "key": report.public_id,
        }


@pytest.fixture
def as_(browser_of, cast):
    """Browsers of the cast by name."""
    return lambda name: browser_of(cast["people"].get(name))


@pytest.fixture
def joint(cast, database):
    """A partner that holds the event too; its analyst moderates the portal."""
    with database.writing() as db:
        staff = {role: make_person(db, f"Partner {role}") for role in ("owner", "analyst")}
        staff["analyst"].is_moderator = True
        partner = make_organization(db, "partner", **staff)
        make_host(db, db.get_one(Event, cast["event"]), partner)
        idle = make_person(db, "Asked", is_moderator=True)
        asked = make_organization(db, "asked", owner=idle)
        make_host(db, db.get_one(Event, cast["event"]), asked, accepted=False)
        return staff | {"asked": idle, "owner id": staff["owner"].id}


@pytest.fixture
def proposed(as_, cast, database):
    """The key of a suspension that the first moderator has proposed."""
    claim(as_("first"), cast["key"])
    assert decide(as_("first"), cast["key"], measure="suspend").status_code == 303
    return latest_decision(database).public_id


@pytest.fixture
def hidden(as_, cast, database):
    """The key of the first moderator's decision to hide the event."""
    claim(as_("first"), cast["key"])
    decide(as_("first"), cast["key"])
    return latest_decision(database).public_id
