"""What a change of an event means for those who signed up: places, and letters about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.events import actions as events
from portal.domain.events import hosting, provenance
from portal.domain.events.models import Status
from portal.domain.events.queries import lock
from portal.domain.events.rules import (
    ChangedMeanwhileError,
    NotOpenToChangeError,
    OverError,
    is_over,
)
from portal.domain.letters.actions import queue
from portal.domain.letters.models import Kind
from portal.domain.registrations import queries
from portal.domain.registrations.actions import promote

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.domain.events.actions import Details
    from portal.domain.events.models import Event, EventHost

# Facts whose change people who signed up must hear of, and how a letter names them.
_TOLD = ("time", "place", "attendance", "links")


def change_event(
    db: Session,
    event: Event,
    details: Details,
    revision: int,
    now: datetime,
    *,
    is_small_fix: bool = False,
) -> None:
    """Saves an organiser's edit; a raised capacity promotes, a moved event is announced.

    Raises ChangedMeanwhileError if somebody saved since `revision`, and what events.actions.check
    refuses. SEQUENCE rises with every change that calendars show; UID stays.
    """
    lock(db, event)
    if event.revision != revision:
        raise ChangedMeanwhileError
    if event.status == Status.CANCELLED:
        raise NotOpenToChangeError
    before = events.details_of(event)
    was = (event.starts_at, event.ends_at)
    events.write(event, details, now)
    events.note_texts(db, event)
    changed = {
        "time": was != (event.starts_at, event.ends_at),
        "place": before.venue != details.venue,
        "attendance": before.attendance_mode != details.attendance_mode,
        "links": before.join_links != details.join_links,
    }
    if event.status == Status.POSTPONED and changed["time"]:
        event.status = Status.SCHEDULED.value
    calendar_sees = (
        changed["time"]
        or changed["place"]
        or changed["attendance"]
        or before.title != details.title
        or before.summary != details.summary
    )
    event.sequence += calendar_sees
    provenance.note(db, event, now, is_small_fix=is_small_fix)
    db.flush()
    promote(db, event, now)
    told = [fact for fact in _TOLD if changed[fact]]
    if told and event.published_at is not None and not is_over(event, now):
        _announce(db, event, Kind.CHANGED, _revision(event), now, changed=told)


def postpone(db: Session, event: Event, now: datetime) -> None:
    """Takes the date back for now; places stay with their people until a new date is set."""
    _stop(db, event, Status.POSTPONED, now)
    _announce(db, event, Kind.CHANGED, _revision(event), now, changed=["postponed"])


def cancel_event(db: Session, event: Event, now: datetime) -> None:
    """Calls the event off, and tells everybody who signed up."""
    _stop(db, event, Status.CANCELLED, now)
    _announce(db, event, Kind.CANCELLED, _revision(event), now)


def join_hosts(db: Session, host: EventHost, now: datetime) -> None:
    """Accepts an invitation to hold an event, and tells whoever signed up who sees their names."""
    event = hosting.accept(db, host, now)
    if event.published_at is not None and not is_over(event, now):
        occasion = f"host {now:%Y-%m-%dT%H:%M:%S.%f}"
        _announce(db, event, Kind.CHANGED, occasion, now, changed=["hosts"])


def _stop(db: Session, event: Event, status: Status, now: datetime) -> None:
    lock(db, event)
    if event.status in {Status.CANCELLED, status}:
        raise NotOpenToChangeError
    if is_over(event, now):
        raise OverError
    event.status = status.value
    event.sequence += 1
    event.revision += 1
    event.changed_at = now
    provenance.note(db, event, now)


def _revision(event: Event) -> str:
    return f"revision {event.revision}"


def _announce(
    db: Session, event: Event, kind: Kind, occasion: str, now: datetime, **payload: object
) -> None:
    """A letter to everybody with a place or in line, once for each occasion."""
    for registration in queries.active_of(db, event):
        queue(db, registration.id, kind, occasion, now, **payload)
