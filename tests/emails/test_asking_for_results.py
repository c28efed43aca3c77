"""A week after an event its organisers are asked, once, what came of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.domain.accounts.people.models import Person
from portal.domain.emails.models import Notification
from portal.domain.events.models import Event, Status
from portal.domain.organizations import actions as organizations
from portal.domain.organizations.models import Organization, Role
from portal.domain.publishing.publication import Hiding, Visibility
from portal.domain.results.actions import ResultDetails, publish
from portal.i18n.translated import Translated
from tests.conftest import ADDRESS
from tests.emails.programme import ENDS_AT, NOW, english
from tests.factories import make_host, make_organization, make_person

OWNER, EDITOR = "owner@example.org", "editor@example.org"
A_WEEK_LATER = ENDS_AT + timedelta(days=7)


@pytest.fixture
def staff(world):
    """Adds somebody with a role to the organisation that founded the event."""

    def add(role, email, *, name=None, **changes):
        with world.database.writing() as db:
            person = make_person(db, name or role, email=email, **changes)
            founder = db.get_one(Organization, world.event(db).organization_id)
            organizations.grant_role(db, founder, person, Role(role), NOW)
            return person.id

    return add


def tell(world, now):
    with world.database.writing() as db:
        nothing = Translated.of("en")
        publish(db, world.event(db), ResultDetails(english("We played."), nothing, nothing), 0, now)


def asked(world):
    """How many notices there are."""
    with world.database.reading() as db:
        return len(db.scalars(select(Notification)).all())


def test_owners_and_editors_are_asked_once_each_in_their_language(world, staff):
    staff("owner", OWNER, language="kk")
    staff("editor", EDITOR, language="en")
    for role in ("analyst", "translator", "door"):
        staff(role, f"{role}@example.org")
    staff("owner", None, name="Without an address")
    with world.database.writing() as db:
        partner = make_person(db, email="partner@example.org")
        make_host(db, world.event(db), make_organization(db, owner=partner))

    assert world.round(A_WEEK_LATER - timedelta(seconds=1)) == {}
    assert world.round(A_WEEK_LATER) == {"asked": 1, "sent": 2}
    letter = world.last(EDITOR)
    assert letter.subject == "What came of it: Dombra evening"
    with world.database.reading() as db:
        slug = world.event(db).slug
    assert f"{ADDRESS}/en/manage/events/{slug}/result" in letter.links
    assert "“Dombra evening” was a week ago." in letter.text
    assert f"{ADDRESS}/kk/manage/events/{slug}/result" in world.last(OWNER).links
    assert "Домбыра кеші" in world.last(OWNER).text
    assert world.mailbox.emails_to("partner@example.org") == []
    for days in range(10):
        assert world.round(A_WEEK_LATER + timedelta(days=days)) == {}


def test_who_has_told_already_is_not_asked(world, staff):
    staff("owner", OWNER)
    tell(world, ENDS_AT + timedelta(days=1))
    assert world.round(A_WEEK_LATER) == {}


@pytest.mark.parametrize(
    "change",
    [
        {"status": Status.CANCELLED.value},
        {"status": Status.POSTPONED.value},
        {"visibility": Visibility.PRIVATE.value},
        {"published_at": None},
        {"ends_at": ENDS_AT - timedelta(days=14)},
    ],
)
def test_of_what_was_called_off_or_nobody_sees_or_is_long_over_nobody_is_asked(
    world, staff, change
):
    staff("owner", OWNER)
    with world.database.writing() as db:
        event = world.event(db)
        event.starts_at -= timedelta(days=20)
        for name, value in change.items():
            setattr(event, name, value)
    assert world.round(A_WEEK_LATER) == {}
    assert asked(world) == 0


def test_of_a_hidden_event_its_organisers_are_asked_only_when_it_is_back(world, staff):
    staff("owner", OWNER)
    with world.database.writing() as db:
        world.event(db).hide(Hiding.DECISION)
    assert world.round(A_WEEK_LATER) == {}
    with world.database.writing() as db:
        event = world.event(db)
        event.visibility, event.hidden_for = Visibility.PUBLIC.value, None
    assert world.round(A_WEEK_LATER + timedelta(days=1)) == {"asked": 1, "sent": 1}


def test_whoever_has_left_or_is_kept_out_is_not_asked(world, staff):
    closed, banned = staff("owner", OWNER), staff("editor", EDITOR)
    with world.database.writing() as db:
        db.get_one(Person, closed).closed_at = NOW
        db.get_one(Person, banned).banned_at = NOW
    assert world.round(A_WEEK_LATER) == {"asked": 1}
    assert asked(world) == 0


def test_a_letter_that_comes_too_late_is_not_sent(world, staff):
    staff("owner", OWNER)
    world.mailbox.refuse_next(451, "later")
    assert world.round(A_WEEK_LATER) == {"asked": 1, "failed": 1}
    assert world.round(ENDS_AT + timedelta(days=21)) == {"dropped": 1}


def test_the_discreet_are_not_told_in_the_subject_what_it_was(world, staff):
    staff("owner", OWNER, is_discreet=True)
    world.round(A_WEEK_LATER)
    assert world.last(OWNER).subject == "A notice for you"


def test_many_events_are_asked_of_in_one_round(world, staff):
    staff("owner", OWNER)
    with world.database.writing() as db:
        event = world.event(db)
        columns = {c.name: getattr(event, c.name) for c in Event.__table__.columns}
        for number in range(3):
            db.add(Event(**columns | {"id": None, "slug": f"more-{number}", "uid": f"{number}"}))
    assert world.round(A_WEEK_LATER) == {"asked": 4, "sent": 4}
