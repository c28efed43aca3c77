"""What became of emails, for organisers and the operator."""

from datetime import datetime

from sqlalchemy import column, func, select, table
from sqlalchemy.orm import Session

from portal.db.query_hints import literal
from portal.domain.emails.models import Email, EmailKind, Notification, NotificationKind, State

# Registrations stand above emails, so their table is named here without its model.
_REGISTRATIONS = table("registrations", column("id"), column("event_id"))


def undelivered_of(db: Session, event_id: int) -> dict[int, int]:
    """Return how many emails could not be delivered, by registration of an event."""
    rows = db.execute(
        select(Email.registration_id, func.count())
        .join(_REGISTRATIONS, _REGISTRATIONS.c.id == Email.registration_id)
        .where(_REGISTRATIONS.c.event_id == event_id, Email.state == literal(State.UNDELIVERED))
        .group_by(Email.registration_id)
    )
    return {registration_id: count for registration_id, count in rows}  # noqa: C416 - rows


def undelivered(db: Session, event_id: int) -> int:
    """Return how many emails about an event could not be delivered."""
    return sum(undelivered_of(db, event_id).values())


def event_change_emails(db: Session, event_id: int) -> dict[int, list[Email]]:
    """Emails about changes of an event by registration, held until the transaction ends."""
    emails = db.scalars(
        select(Email)
        .join(_REGISTRATIONS, _REGISTRATIONS.c.id == Email.registration_id)
        .where(_REGISTRATIONS.c.event_id == event_id, Email.kind == EmailKind.CHANGED.value)
        .order_by(Email.id)
        .with_for_update(of=Email)
        .execution_options(populate_existing=True)
    )
    emails_by_registration: dict[int, list[Email]] = {}
    for email in emails:
        emails_by_registration.setdefault(email.registration_id, []).append(email)
    return emails_by_registration


def states(db: Session) -> dict[str, int]:
    """Return how many emails and notifications are queued, sent, undelivered and dropped."""
    counts: dict[str, int] = {}
    for model in (Email, Notification):
        for state, count in db.execute(select(model.state, func.count()).group_by(model.state)):
            counts[state] = counts.get(state, 0) + count
    return counts


def how_many(db: Session, state: State, since: datetime | None = None) -> int:
    """Return emails and notifications in a state; with `since`, those due later."""
    found = 0
    for model in (Email, Notification):
        asked = select(func.count()).where(model.state == literal(state))
        found += db.scalar(asked if since is None else asked.where(model.due_at > since)) or 0
    return found


def failing(db: Session) -> int:
    """Return how many of those that wait could not be delivered yet, and are tried again."""
    return sum(
        db.scalar(
            select(func.count()).where(
                model.state == literal(State.QUEUED), model.failure.is_not(None)
            )
        )
        or 0
        for model in (Email, Notification)
    )


def longest_waiting(db: Session, now: datetime) -> datetime | None:
    """Return since when the email or notice that has waited longest is due; None if none is due."""
    due = [
        db.scalar(
            select(func.min(model.due_at)).where(
                model.state == literal(State.QUEUED), model.due_at <= now
            )
        )
        for model in (Email, Notification)
    ]
    return min((instant for instant in due if instant), default=None)


def owed_since(db: Session, registration_id: int, since: datetime) -> bool:
    """Return whether any email about a registration has fallen due after `since`."""
    owed = select(Email.id).where(Email.registration_id == registration_id, Email.due_at > since)
    return db.scalar(owed.limit(1)) is not None


def was_notified_since(
    db: Session, person_id: int, about: NotificationKind, since: datetime
) -> bool:
    """Return whether somebody was owed a notification about this lately."""
    emails_by_registration = select(Notification.id).where(
        Notification.person_id == person_id,
        Notification.about == about.value,
        Notification.due_at > since,
    )
    return db.scalar(emails_by_registration.limit(1)) is not None
