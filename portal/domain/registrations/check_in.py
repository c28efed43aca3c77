"""The door of an event: who is expected, and who has come."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.refusals import NotFoundError
from portal.domain.events.models import Event
from portal.domain.events.queries import lock
from portal.domain.registrations import rules
from portal.domain.registrations.attendance import set_attended
from portal.domain.registrations.models import Registration, Status


def expected_at(db: Session, event: Event) -> Sequence[Registration]:
    """Everybody with a confirmed place."""
    return db.scalars(
        select(Registration).where(
            Registration.event_id == event.id,
            Registration.status == Status.CONFIRMED.value,
            Registration.held_until.is_(None),
        )
    ).all()


def mark_here(db: Session, event: Event, public_id: str, now: datetime) -> None:
    """Somebody has come. Twice is once, whoever of the helpers was first."""
    registration = _registration_of_event(db, event, public_id, now)
    if not rules.is_expected(registration):
        raise rules.GaveBackError
    if registration.attended_at is None:
        set_attended(db, event, registration, now, now)


def unmark(db: Session, event: Event, public_id: str, now: datetime) -> None:
    """Undo a slip of the finger: back to those still expected."""
    set_attended(db, event, _registration_of_event(db, event, public_id, now), None, now)


def _registration_of_event(
    db: Session, event: Event, public_id: str, now: datetime
) -> Registration:
    """Return a registration of this very event, read after the event is locked."""
    lock(db, event)
    found = db.scalars(
        select(Registration)
        .where(Registration.event_id == event.id, Registration.public_id == public_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFoundError
    rules.check_check_in_open(event, now)
    return found
