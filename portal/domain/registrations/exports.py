"""Lists of participants that somebody took along as a file: noted, told, and forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.queries import name_of
from portal.domain.events.models import Event
from portal.domain.registrations.models import Registration, Status, TakenList
from portal.domain.registrations.rules import TAKEN_KEPT

# Whoever holds an event sees so many of the latest.
MOST_TOLD: Final = 20


@dataclass(frozen=True, slots=True)
class Taking:
    """Who took which list, and when; nobody is told who closed their account."""

    event: Event
    name: str | None
    taken_at: datetime
    form: str
    people: int


def note_taking(db: Session, event: Event, person: Person, form: str, now: datetime) -> None:
    """Notes that somebody takes the list as it is now, with everybody who has a place or waits."""
    people = db.scalar(
        select(func.count()).where(
            Registration.event_id == event.id, Registration.status != Status.CANCELLED.value
        )
    )
    db.add(
        TakenList(
            event_id=event.id, person_id=person.id, taken_at=now, form=form, people=people or 0
        )
    )


def takings_of(db: Session, event: Event) -> list[Taking]:
    """The latest of an event, the last one first."""
    found = _TAKEN.where(TakenList.event_id == event.id).order_by(TakenList.id.desc())
    return list(_told(db, found.limit(MOST_TOLD)))


def takings_by(db: Session, person: Person) -> list[Taking]:
    """All that somebody took and that is still known."""
    return list(_told(db, _TAKEN.where(TakenList.person_id == person.id).order_by(TakenList.id)))


def takings_since(db: Session, since: datetime) -> list[Taking]:
    """All of the portal from an instant on, in their order."""
    return list(_told(db, _TAKEN.where(TakenList.taken_at >= since).order_by(TakenList.id)))


def forget_takings(db: Session, now: datetime) -> int:
    """Deletes what was noted long ago; returns how many."""
    gone = db.execute(delete(TakenList).where(TakenList.taken_at <= now - TAKEN_KEPT))
    return gone.rowcount  # type: ignore[attr-defined, no-any-return]


_TAKEN: Final = (
    select(TakenList, Event, Person)
    .join(Event, Event.id == TakenList.event_id)
    .outerjoin(Person, Person.id == TakenList.person_id)
)


def _told(db: Session, found: Select[TakenList, Event, Person]) -> Iterator[Taking]:
    for taken, event, person in db.execute(found):
        is_here = person is not None and person.closed_at is None
        name = name_of(db, person) if is_here else None
        yield Taking(event, name, taken.taken_at, taken.form, taken.people)
