"""Passes of guests."""

from datetime import timedelta

from portal.core import clock
from tests.factories import make_event, make_organization, pass_key, sign_up_guest

ROOM = "https://meet.example.org/secret-room"


def event_with_pass(database, **changes):
    """An event's slug and the key of a confirmed guest's pass."""
    with database.writing() as db:
        event = make_event(db, make_organization(db), **changes)
        guest = sign_up_guest(db, event)
        return event.slug, pass_key(db, guest, event)


def in_minutes(minutes):
    return clock.now() + timedelta(minutes=minutes)
