"""Emails whose time comes by itself: reminders before, the feedback form after, and clearing away.

Nothing is scheduled ahead: what is due follows from the event's present times, so reminders move
with their event.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from portal.domain.accounts.consents.models import Consent
from portal.domain.emails.models import Email, EmailKind, State
from portal.domain.events.models import Event
from portal.domain.events.models import Status as EventStatus
from portal.domain.registrations.models import PassToken, Registration, Status
from portal.domain.registrations.rules import FEEDBACK_CLOSES_AFTER, RETENTION_AFTER_EVENT

# Before the start: when a reminder is due, and how close to the start it is no longer sent.
BEFORE = {
    EmailKind.REMINDER_DAY: (timedelta(hours=24), timedelta(hours=2)),
    EmailKind.REMINDER_HOUR: (timedelta(hours=1), timedelta()),
}
# After the end: when the invitation to answer is due, and when it is repeated.
AFTER = {
    EmailKind.FEEDBACK: timedelta(minutes=30),
    EmailKind.FEEDBACK_AGAIN: timedelta(days=3),
}
# Whoever has had an email with the same words since then needs no reminder of the day before.
JUST_NOTIFIED = timedelta(hours=2)
BATCH = 500


# When a registration's last email that says when it starts has left, or will.
_NOTIFIED_AT = (
    select(func.max(func.coalesce(Email.sent_at, Email.due_at)))
    .where(
        Email.registration_id == Registration.id,
        Email.state.in_([State.QUEUED.value, State.SENT.value]),
        or_(
            Email.kind.in_([EmailKind.CONFIRMED.value, EmailKind.PROMOTED.value]),
            (Email.kind == EmailKind.CHANGED.value)
            & Email.payload["changed"].as_string().contains('"time"'),
        ),
    )
    .correlate(Registration)
    .scalar_subquery()
)


def queue_due(db: Session, now: datetime) -> int:
    """Owe every email whose time has come and that is not owed yet; return how many."""
    return sum(_queue_before(db, kind, now) for kind in BEFORE) + sum(
        _queue_after(db, kind, now) for kind in AFTER
    )


def _queue_before(db: Session, kind: EmailKind, now: datetime) -> int:
    lead, too_late = BEFORE[kind]
    rows = db.execute(
        select(Registration.id, Event.starts_at, _NOTIFIED_AT)
        .join(Event, Event.id == Registration.event_id)
        .where(
            Event.status == EventStatus.SCHEDULED.value,
            Event.published_at.is_not(None),
            Event.hidden_for.is_(None),
            Event.starts_at > now + too_late,
            Event.starts_at <= now + lead,
            Registration.status == Status.CONFIRMED.value,
            Registration.held_until.is_(None),
            Registration.wants_reminders,
            # A moved event is reminded of again.
            ~exists().where(
                Email.registration_id == Registration.id,
                Email.kind == kind.value,
                Email.speaks_of == Event.starts_at,
            ),
        )
        .limit(BATCH)
    ).all()
    for registration_id, starts_at, notified_at in rows:
        since = min(starts_at - lead, now - JUST_NOTIFIED)
        was_notified_lately = notified_at is not None and notified_at > since
        _owe(
            db,
            registration_id,
            kind,
            starts_at,
            now,
            drop=was_notified_lately and kind is EmailKind.REMINDER_DAY,
        )
    return len(rows)


def _queue_after(db: Session, kind: EmailKind, now: datetime) -> int:
    rows = db.execute(
        select(Registration.id, Event.ends_at)
        .join(Event, Event.id == Registration.event_id)
        .where(
            Event.status == EventStatus.SCHEDULED.value,
            Event.ends_at <= now - AFTER[kind],
            Event.ends_at > now - FEEDBACK_CLOSES_AFTER,
            Registration.status == Status.CONFIRMED.value,
            Registration.held_until.is_(None),
            Registration.has_answered.is_(False),
            Registration.wants_reminders,
            ~exists().where(Email.registration_id == Registration.id, Email.kind == kind.value),
        )
        .limit(BATCH)
    ).all()
    for registration_id, ends_at in rows:
        _owe(db, registration_id, kind, ends_at, now)
    return len(rows)


def _owe(
    db: Session,
    registration_id: int,
    kind: EmailKind,
    instant: datetime,
    now: datetime,
    *,
    drop: bool = False,
) -> None:
    state = State.DROPPED if drop else State.QUEUED
    db.add(
        Email(
            registration_id=registration_id,
            kind=kind.value,
            occasion=instant.isoformat(),
            speaks_of=instant,
            payload={},
            state=state.value,
            due_at=now,
            attempts=0,
        )
    )


def forget_participants(db: Session, now: datetime) -> int:
    """Delete names, addresses and links 30 days after an event; return how many; numbers stay."""
    # Whoever keeps a place at a postponed event must still hear of its new date.
    past = select(Event.id).where(
        Event.ends_at <= now - RETENTION_AFTER_EVENT, Event.status != EventStatus.POSTPONED.value
    )
    known = (
        Registration.event_id.in_(past),
        Registration.person_id.is_not(None) | Registration.email_index.is_not(None),
    )
    ids = db.scalars(select(Registration.id).where(*known).limit(BATCH)).all()
    forget(db, ids)
    return len(ids)


def forget(db: Session, ids: Sequence[int]) -> None:
    """Take everything off these registrations that leads to somebody."""
    if not ids:
        return
    db.execute(delete(PassToken).where(PassToken.registration_id.in_(ids)))
    db.execute(delete(Email).where(Email.registration_id.in_(ids)))
    db.execute(delete(Consent).where(Consent.registration_id.in_(ids)))
    db.execute(
        update(Registration)
        .where(Registration.id.in_(ids))
        .values(
            person_id=None,
            name_sealed=None,
            email_sealed=None,
            email_index=None,
            time_zone=None,
        )
    )
