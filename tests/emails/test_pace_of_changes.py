"""Changes of an event that follow each other: told in one letter, and not without end."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.domain.emails.models import Email, EmailKind
from portal.domain.emails.queries import event_change_emails
from portal.domain.emails.rules import MAX_CHANGES, WITHIN, UpdateLimitError
from portal.domain.events.actions import hosting
from portal.domain.events.models import EventHost
from portal.domain.organizations.models import Organization
from portal.domain.registrations import event_changes
from tests.emails.programme import LASTS, NOW, START, english
from tests.factories import make_organization

MINUTE = timedelta(minutes=1)


def move(world, hours, now=NOW):
    starts = START + timedelta(hours=hours)
    world.change(now, starts_wall=starts, ends_wall=starts + LASTS)


def ask(world, now=NOW):
    """The event's founder asks the partner."""
    with world.database.writing() as db:
        partner = db.scalars(select(Organization).where(Organization.slug == "partner")).one()
        hosting.invite(db, world.event(db), partner, now)


def accept(world, now=NOW):
    with world.database.writing() as db:
        event_changes.join_hosts(db, db.scalars(select(EventHost)).one(), now)


def part(world, now=NOW):
    with world.database.writing() as db:
        hosting.end(db, db.scalars(select(EventHost)).one(), now)


@pytest.fixture
def partner(world):
    with world.database.writing() as db:
        make_organization(db, "partner").name = english("Partner")


@pytest.fixture
def settled(world):
    """Somebody has signed up and has been written to about it."""
    world.sign_up()
    world.round()
    return world


def told(world):
    """What each letter about a change says that has left or waits."""
    with world.database.reading() as db:
        letters = db.scalars(
            select(Email).where(Email.kind == EmailKind.CHANGED.value, Email.state != "dropped")
        )
        return [letter.payload["changed"] for letter in letters]


def test_what_has_not_left_yet_is_told_in_one_letter(settled, partner):
    move(settled, 1)
    settled.change(venue=english("Room 13"))
    ask(settled)
    accept(settled)
    settled.with_event(event_changes.postpone)
    move(settled, 2)
    assert told(settled) == [["time", "place", "hosts", "postponed"]]
    before = len(settled.received())
    assert settled.round() == {"sent": 1}
    (letter,) = settled.received()[before:]
    assert letter.subject == "New time: Dombra evening"
    for said in ("has a new time", "has a new place", "now held by Altyn saqa and Partner"):
        assert said in letter.text
    assert "postponed" not in letter.text
    assert settled.round() == {}


def test_what_a_worker_is_about_to_send_is_left_alone(settled):
    move(settled, 1)
    with settled.database.writing() as db:
        db.scalars(select(Email).where(Email.state == "queued")).one().leased_until = NOW + MINUTE
    move(settled, 2)
    assert told(settled) == [["time"], ["time"]]
    # A lease that ran out holds nothing.
    move(settled, 3, NOW + 2 * MINUTE)
    assert told(settled) == [["time"]]


def test_whoever_signed_up_hears_of_a_few_changes_an_hour(settled):
    """Every way to write to all of them counts; calling off is always heard."""
    for number in range(1, MAX_CHANGES):
        move(settled, number)
        assert settled.round() == {"sent": 1}
    settled.with_event(event_changes.postpone)
    assert settled.round() == {"sent": 1}
    later = NOW + WITHIN - MINUTE
    with pytest.raises(UpdateLimitError):
        move(settled, 9, later)
    assert len(told(settled)) == MAX_CHANGES
    settled.change(later, summary=english("Of which nobody is told"))
    later = NOW + WITHIN + MINUTE
    move(settled, 9, later)
    assert len(told(settled)) == MAX_CHANGES + 1
    settled.with_event(event_changes.cancel_event, later)
    before = len(settled.received())
    settled.round(later)
    assert [each.subject for each in settled.received()[before:]] == ["Cancelled: Dombra evening"]


def test_a_host_that_comes_and_goes_is_told_of_once(settled, partner):
    for number in range(2 * MAX_CHANGES):
        now = NOW + number * MINUTE
        ask(settled, now)
        accept(settled, now)
        settled.round(now)
        part(settled, now)
    assert told(settled) == [["hosts"]]
    # Whoever comes later has not heard of it.
    settled.sign_up(email="second@example.org")
    ask(settled)
    accept(settled)
    assert told(settled) == [["hosts"], ["hosts"]]


def test_letters_about_other_events_and_of_other_kinds_do_not_count(settled):
    move(settled, 1)
    with settled.database.writing() as db:
        (letters,) = event_change_emails(db, settled.event_id).values()
        assert [letter.kind for letter in letters] == [EmailKind.CHANGED.value]
        assert event_change_emails(db, settled.event_id + 1) == {}
