"""Whose time has come: closed accounts to erase, idle ones to ask and to let go."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Exists, exists, or_, select
from sqlalchemy.orm import Session

from portal.domain.accounts.people.models import Person
from portal.domain.emails.models import Notification, NotificationKind, State
from portal.domain.events.models import Event
from portal.domain.privacy.rules import (
    ANSWER_WITHIN,
    IDLE_AFTER,
    NOTIFY_AGAIN_AFTER,
    REACTIVATION_PERIOD,
    UNASKED_AFTER,
)
from portal.domain.registrations.models import Registration
from portal.domain.registrations.queries import Pass

# Whom an email reaches that is answered by signing in.
_CAN_ANSWER = Person.email_index.is_not(None) & Person.banned_at.is_(None)


def passes_of(db: Session, person: Person, until: datetime | None = None) -> list[Pass]:
    """Return all sign-ups of a person in order of event, a guest's under the verified address too.

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
    """Return who was not seen for so long that we ask, unless an email is on its way."""
    under_way = _notified_by_email().where(
        Notification.state.in_([State.QUEUED.value, State.SENT.value])
    )
    return db.scalars(
        select(Person)
        .where(
            Person.last_seen_at <= now - IDLE_AFTER,
            Person.closed_at.is_(None),
            _CAN_ANSWER,
            Person.asked_at.is_(None)
            | ((Person.asked_at <= now - NOTIFY_AGAIN_AFTER) & ~under_way),
        )
        .order_by(Person.id)
    ).all()


def is_due(db: Session, person: Person, now: datetime) -> bool:
    """Return whether everything about somebody is to be erased now."""
    return db.scalar(select(Person.id).where(Person.id == person.id, _is_due(now))) is not None


def due(db: Session, now: datetime) -> Sequence[int]:
    """Ids of everybody of whom `is_due` is true."""
    return db.scalars(select(Person.id).where(_is_due(now)).order_by(Person.id)).all()


def _notified_by_email() -> Exists:
    """Return the emails that ask somebody about this silence, not about one that has ended."""
    return exists().where(
        Notification.person_id == Person.id,
        Notification.about == NotificationKind.STILL_THERE.value,
        Notification.due_at >= Person.asked_at,
    )


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Return the condition of accounts to erase: long closed, asked and silent, or long silent."""
    unanswered = _notified_by_email().where(
        Notification.state == State.SENT.value, Notification.sent_at <= now - ANSWER_WITHIN
    )
    # Said of the few who were asked, so that no email is looked for of everybody else.
    was_asked = Person.asked_at.is_not(None)
    silent = (_CAN_ANSWER & was_asked & unanswered) | (
        ~_CAN_ANSWER & (Person.last_seen_at <= now - UNASKED_AFTER)
    )
    return (Person.closed_at <= now - REACTIVATION_PERIOD) | (Person.closed_at.is_(None) & silent)
