"""Places of a locked event: who is there before a newcomer, how they are given and passed on."""

from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from portal.db.changes.writes import change_public_content
from portal.db.engine import rows
from portal.domain.emails.actions import Owed, queue_all
from portal.domain.emails.models import EmailKind
from portal.domain.events.models import Event
from portal.domain.events.rules import is_over
from portal.domain.registrations import queries, rules
from portal.domain.registrations.models import Registration, Status

_signed_up = Registration.__table__.c
# One question, since everybody else who wants a place waits for its answer. What ran out is looked
# for by itself: it is little, whatever stands in line.
_LINE = select(
    bindparam("event")
    .in_(
        select(_signed_up.event_id).where(
            queries.IS_HELD,
            _signed_up.held_until <= bindparam("now", type_=_signed_up.held_until.type),
        )
    )
    .label("has_run_out"),
    # The first in line, by its index; asked whether there is one, PostgreSQL may read all sign-ups
    # in the hope of meeting one soon.
    select(func.min(_signed_up.queue_number))
    .where(_signed_up.event_id == bindparam("event"), _signed_up.status == Status.WAITLISTED.value)
    .scalar_subquery()
    .is_not(None)
    .label("has_waiting"),
)


def has_line(db: Session, event: Event, now: datetime) -> bool:
    """Return whether anybody waits for a place of a locked event, once lapsed ones are released."""
    values = {"event": event.id, "now": now}
    found = rows(db, _LINE, values).one()
    if found.has_run_out:
        release_run_out(db, event, now)
        found = rows(db, _LINE, values).one()
    return bool(found.has_waiting)


def release_run_out(db: Session, event: Event, now: datetime) -> int:
    """Give up the held places of a locked event whose time is over; return how many."""
    run_out = queries.run_out(db, now, event)
    for registration in run_out:
        release(event, registration)
    if run_out:
        if is_over(event, now):
            change_public_content(db)  # an initiative's page counts those who signed up
        db.flush()
        promote(db, event, now)
    return len(run_out)


def promote(db: Session, event: Event, now: datetime) -> None:
    """Give free places of a locked event to the first in line, and write to them."""
    if is_over(event, now):
        return
    waiting = queries.waiting(db, event)
    free = waiting if event.capacity is None else min(waiting, event.capacity - event.taken)
    promoted = queries.first_in_line(db, event, max(free, 0))
    for registration in promoted:
        registration.status = Status.CONFIRMED.value
        event.taken += 1
        if registration.held_until is None:
            registration.confirmed_at = now
    owed = [Owed(each.id, EmailKind.PROMOTED, str(each.queue_number)) for each in promoted]
    queue_all(db, owed, now)
    db.flush()


def assign(event: Event, registration: Registration, now: datetime, *, has_waiting: bool) -> None:
    """Assign the next number of a locked event: a place if one is free, else in line."""
    status = rules.status_for(event, has_waiting=has_waiting)
    event.seats.last_queue_number += 1
    registration.queue_number = event.seats.last_queue_number
    registration.status = status.value
    registration.registered_at = now
    registration.confirmed_at = registration.attended_at = None
    if status is Status.CONFIRMED:
        event.taken += 1


def release(event: Event, registration: Registration) -> None:
    """Release a place, or a place in line."""
    if registration.status == Status.CONFIRMED:
        event.taken -= 1
    registration.status = Status.CANCELLED.value
