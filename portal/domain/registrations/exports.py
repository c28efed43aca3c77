"""Lists of participants that somebody took along as a file: noted, told, and forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.queries import name_of
from portal.domain.events.models import Event
from portal.domain.registrations.models import ParticipantExport, Registration, Status
from portal.domain.registrations.rules import EXPORT_RETENTION

# Whoever holds an event sees so many of the latest.
MAX_LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class ExportRow:
    """Who took which list, and when; nobody is told who closed their account."""

    event: Event
    name: str | None
    exported_at: datetime
    form: str
    people: int


def record_export(db: Session, event: Event, person: Person, form: str, now: datetime) -> None:
    """Record that somebody takes the list as it is now, with all who have a place or wait."""
    people = db.scalar(
        select(func.count()).where(
            Registration.event_id == event.id, Registration.status != Status.CANCELLED.value
        )
    )
    db.add(
        ParticipantExport(
            event_id=event.id, person_id=person.id, exported_at=now, form=form, people=people or 0
        )
    )


def takings_of(db: Session, event: Event) -> list[ExportRow]:
    """Return the latest of an event, the last one first."""
    found = _EXPORTS.where(ParticipantExport.event_id == event.id).order_by(
        ParticipantExport.id.desc()
    )
    return list(_export_lines(db, found.limit(MAX_LISTED)))


def takings_by(db: Session, person: Person) -> list[ExportRow]:
    """Return all that somebody took and that is still known."""
    return list(
        _export_lines(
            db,
            _EXPORTS.where(ParticipantExport.person_id == person.id).order_by(ParticipantExport.id),
        )
    )


def takings_since(db: Session, since: datetime) -> list[ExportRow]:
    """Return all of the portal from an instant on, in their order."""
    return list(
        _export_lines(
            db,
            _EXPORTS.where(ParticipantExport.exported_at >= since).order_by(ParticipantExport.id),
        )
    )


def forget_takings(db: Session, now: datetime) -> int:
    """Delete what was noted long ago; return how many."""
    gone = db.execute(
        delete(ParticipantExport).where(ParticipantExport.exported_at <= now - EXPORT_RETENTION)
    )
    return gone.rowcount  # type: ignore[attr-defined, no-any-return]


_EXPORTS: Final = (
    select(ParticipantExport, Event, Person)
    .join(Event, Event.id == ParticipantExport.event_id)
    .outerjoin(Person, Person.id == ParticipantExport.person_id)
)


def _export_lines(
    db: Session, found: Select[ParticipantExport, Event, Person]
) -> Iterator[ExportRow]:
    for taken, event, person in db.execute(found):
        is_here = person is not None and person.closed_at is None
        name = name_of(db, person) if is_here else None
        yield ExportRow(event, name, taken.exported_at, taken.form, taken.people)
