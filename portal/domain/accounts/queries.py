"""Whose time has come: closed accounts to erase, idle ones to ask and to let go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from portal.domain.accounts.rules import ANSWER_WITHIN, IDLE_AFTER, WAY_BACK
from portal.domain.events.models import Event
from portal.domain.people.models import Person
from portal.domain.registrations.models import Registration
from portal.domain.registrations.queries import Pass

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session


def passes_of(db: Session, person: Person, until: datetime | None = None) -> list[Pass]:
    """All sign-ups of a person in order of event, a guest's under the verified address too.

    With `until`, what the address has signed up for since is left out: it is no longer the
    account's but a guest's own.
    """
    mine = Registration.person_id == person.id
    if person.email_index is not None:
        guests = Registration.email_index == person.email_index
        if until is not None:
            guests = guests & (Registration.registered_at <= until)
        mine = or_(mine, guests)
    rows = db.execute(
        select(Registration, Event)
        .join(Event, Event.id == Registration.event_id)
        .where(mine)
        .order_by(Event.id, Registration.id)
    )
    return [Pass(registration, event) for registration, event in rows]


def idle(db: Session, now: datetime) -> Sequence[Person]:
    """Whoever was not seen for so long that we ask, and has not been asked."""
    return db.scalars(
        select(Person)
        .where(
            Person.last_seen_at <= now - IDLE_AFTER,
            Person.asked_at.is_(None),
            Person.closed_at.is_(None),
        )
        .order_by(Person.id)
    ).all()


def is_due(person: Person, now: datetime) -> bool:
    """Whether everything about somebody is to be erased now."""
    if person.closed_at is not None:
        return person.closed_at <= now - WAY_BACK
    return person.asked_at is not None and person.asked_at <= now - ANSWER_WITHIN


def due(db: Session, now: datetime) -> Sequence[int]:
    """Ids of everybody of whom `is_due` is true."""
    unanswered = Person.closed_at.is_(None) & (Person.asked_at <= now - ANSWER_WITHIN)
    return db.scalars(
        select(Person.id)
        .where((Person.closed_at <= now - WAY_BACK) | unanswered)
        .order_by(Person.id)
    ).all()
