"""Writing into the outbox, and taking from it with leases so that several workers never quarrel."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.core.encryption import seal_of
from portal.db.query_hints import literal
from portal.domain.emails.models import (
    Email,
    EmailKind,
    Notification,
    NotificationKind,
    Outgoing,
    State,
)
from portal.domain.emails.rules import NOTIFICATION_RETENTION, is_waiting

S = TypeVar("S", bound=Outgoing)

# A worker that dies holds its emails no longer than this.
LEASE: Final = timedelta(minutes=5)
# Waits between attempts; the last one repeats until the email is given up.
PAUSES: Final = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360))
MAX_ATTEMPTS: Final = 14  # about two days and a half

# What is owed already stays as it is.
_OWED: Final = {
    of.dialect.name: of.insert(Email.__table__).on_conflict_do_nothing()
    for of in (sqlite, postgresql)
}


@dataclass(frozen=True, slots=True)
class Change:
    """What is new about an event, by the names that emails know; the occasion recurs never."""

    occasion: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Owed:
    """An email to be written about a sign-up."""

    registration_id: int
    kind: EmailKind
    occasion: str


def queue(
    db: Session, registration_id: int, kind: EmailKind, occasion: str, now: datetime, **payload: Any
) -> None:
    """Owe an email; the same kind for the same occasion is owed once."""
    queue_all(db, [Owed(registration_id, kind, occasion)], now, **payload)


def queue_all(db: Session, emails: Sequence[Owed], now: datetime, **payload: Any) -> None:
    """Queue several emails at once; there may be none."""
    if not emails:
        return
    db.execute(
        _OWED[db.get_bind().dialect.name],
        [
            {
                "registration_id": email.registration_id,
                "kind": email.kind.value,
                "occasion": email.occasion,
                "payload": payload,
                "state": State.QUEUED.value,
                "due_at": now,
                "attempts": 0,
            }
            for email in emails
        ],
    )


def notify_change(
    db: Session, audience: Mapping[int, Sequence[Email]], change: Change, now: datetime
) -> None:
    """Owe emails about a change, which also say what waits in emails that have not left.

    The audience are registrations, each with the emails about earlier changes that it has had
    (queries.changes_told); what was told for the same occasion is not told again. Before anything
    is changed, rules.check_pace has its say.
    """
    owed: dict[tuple[str, ...], list[Owed]] = {}
    for registration_id, emails in audience.items():
        if any(email.occasion == change.occasion for email in emails):
            continue
        waiting = [email for email in emails if is_waiting(email, now)]
        facts = [fact for email in waiting for fact in email.payload["changed"]]
        for email in waiting:
            mark_dropped(email)
        changed = tuple(dict.fromkeys([*facts, *change.facts]))
        owed.setdefault(changed, []).append(
            Owed(registration_id, EmailKind.CHANGED, change.occasion)
        )
    for changed, each in owed.items():
        queue_all(db, each, now, changed=list(changed))


def notify(
    db: Session,
    about: NotificationKind,
    *,
    now: datetime,
    language: str,
    person_id: int | None = None,
    address: str | None = None,
    **words: str,
) -> Notification:
    """Owe a notification to a person (at the address they have by then) or to a bare address.

    `words` is what its template says; portal.mail.notifications makes strangers' words harmless.
    `url` and `until` among them are ours: where its button leads, and when it is worth nothing.
    It leaves now, unless whoever calls this puts it off.
    """
    seal = seal_of(db)
    notice = Notification(
        about=about.value,
        person_id=person_id,
        address_sealed=seal.close(address, "notice.address") if address else None,
        language=language,
        payload_sealed=seal.close(json.dumps(words, ensure_ascii=False), "notice"),
        state=State.QUEUED.value,
        due_at=now,
        attempts=0,
    )
    db.add(notice)
    return notice


def extend_notification(db: Session, notice: Notification, name: str, line: str) -> None:
    """Add a line to one of the words of a notification that waits (rules.is_waiting), once."""
    if notice.payload_sealed is None:
        return
    seal = seal_of(db)
    words = json.loads(seal.open(notice.payload_sealed, "notice"))
    lines = words[name].split("\n")
    if line not in lines:
        words[name] = "\n".join([*lines, line])
        notice.payload_sealed = seal.close(json.dumps(words, ensure_ascii=False), "notice")


def take(db: Session, now: datetime, limit: int = 20) -> list[Email]:
    """Due emails about sign-ups, leased to the caller, oldest first."""
    # A guest waits at the screen for the email that keeps the place; news can follow.
    return _leased(db, Email, Email.kind != EmailKind.CONFIRM.value, now, limit)


def lease_notifications(db: Session, now: datetime, limit: int = 20) -> list[Notification]:
    """Due notifications, leased to the caller, oldest first."""
    # Whoever asked for a link to sign in waits for it, and not for long.
    return _leased(
        db, Notification, Notification.about != NotificationKind.SIGN_IN_LINK.value, now, limit
    )


def _leased(db: Session, model: type[S], first: Any, now: datetime, limit: int) -> list[S]:
    due = db.scalars(
        select(model)
        .where(
            model.state == literal(State.QUEUED),
            model.due_at <= now,
            or_(
                model.leased_until.is_(None),
                model.leased_until <= now,
                model.leased_until > now + 2 * LEASE,  # from before the clock was put back
            ),
        )
        .order_by(first, model.due_at, model.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for email in due:
        email.leased_until = now + LEASE
        email.attempts += 1
    return list(due)


def release(email: Outgoing) -> None:
    """Release an email that was not begun; anybody may take it at once."""
    email.leased_until = None
    email.attempts -= 1


def mark_sent(email: Outgoing, now: datetime) -> None:
    """Record that the mail server has taken the email over."""
    _settle(email, State.SENT)
    email.sent_at, email.failure = now, None


def mark_dropped(email: Outgoing) -> None:
    """Drop an email that is no longer true or wanted."""
    _settle(email, State.DROPPED)


def mark_failed(email: Outgoing, failure: str, now: datetime, *, final: bool) -> None:
    """Try again later, or give up if the failure is final or there were too many."""
    if final or email.attempts >= MAX_ATTEMPTS:
        _settle(email, State.UNDELIVERED)
    else:
        email.due_at = now + PAUSES[min(email.attempts, len(PAUSES)) - 1]
        email.leased_until = None
    email.failure = failure


def _settle(email: Outgoing, state: State) -> None:
    email.state, email.leased_until = state.value, None
    if isinstance(email, Notification):
        email.address_sealed = email.payload_sealed = None


def delete_old_notifications(db: Session, now: datetime) -> int:
    """Delete old notifications that wait for nothing more; return how many.

    Those that ask whether somebody is still there decide later about the account, and go with it.
    """
    gone = db.execute(
        delete(Notification).where(
            Notification.due_at <= now - NOTIFICATION_RETENTION,
            Notification.state != State.QUEUED.value,
            Notification.about != NotificationKind.STILL_THERE.value,
        )
    )
    return gone.rowcount  # type: ignore[attr-defined, no-any-return]
