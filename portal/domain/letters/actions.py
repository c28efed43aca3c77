"""Writing into the outbox, and taking from it with leases so that several workers never quarrel."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import or_, select, update

from portal.domain.letters.models import Kind, Letter, State

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

# A worker that dies holds its letters no longer than this.
LEASE: Final = timedelta(minutes=5)
# Waits between attempts; the last one repeats until the letter is given up.
PAUSES: Final = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360))
MOST_ATTEMPTS: Final = 14  # about two days and a half


def queue(
    db: Session, registration_id: int, kind: Kind, occasion: str, now: datetime, **payload: Any
) -> None:
    """Owes a letter; the same kind for the same occasion is owed once."""
    known = db.scalar(
        select(Letter.id).where(
            Letter.registration_id == registration_id,
            Letter.kind == kind.value,
            Letter.occasion == occasion,
        )
    )
    if known is None:
        db.add(
            Letter(
                registration_id=registration_id,
                kind=kind.value,
                occasion=occasion,
                payload=payload,
                state=State.QUEUED.value,
                due_at=now,
                attempts=0,
            )
        )


def take(db: Session, now: datetime, most: int = 20) -> list[Letter]:
    """Due letters, leased to the caller, oldest first."""
    due = db.scalars(
        select(Letter)
        .where(
            Letter.state == State.QUEUED.value,
            Letter.due_at <= now,
            or_(Letter.leased_until.is_(None), Letter.leased_until <= now),
        )
        # A guest waits at the screen for the letter that keeps the place; news can follow.
        .order_by(Letter.kind != Kind.CONFIRM.value, Letter.due_at, Letter.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    for letter in due:
        letter.leased_until = now + LEASE
        letter.attempts += 1
    return list(due)


def mark_sent(db: Session, letter_id: int, now: datetime) -> None:
    """The mail server has taken the letter over."""
    _set(db, letter_id, state=State.SENT.value, sent_at=now, failure=None)


def mark_dropped(db: Session, letter_id: int) -> None:
    """The letter is no longer true or wanted."""
    _set(db, letter_id, state=State.DROPPED.value)


def mark_failed(db: Session, letter_id: int, failure: str, now: datetime, *, final: bool) -> None:
    """Tries again later, or gives up if the failure is final or there were too many."""
    letter = db.get_one(Letter, letter_id)
    if final or letter.attempts >= MOST_ATTEMPTS:
        _set(db, letter_id, state=State.UNDELIVERED.value, failure=failure)
    else:
        pause = PAUSES[min(letter.attempts, len(PAUSES)) - 1]
        _set(db, letter_id, due_at=now + pause, failure=failure)


def _set(db: Session, letter_id: int, **values: Any) -> None:
    db.execute(update(Letter).where(Letter.id == letter_id).values(leased_until=None, **values))
