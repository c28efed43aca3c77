"""Fills events with sign-ups and feedback, as they would stand after some weeks."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from portal.core.encryption import seal_of
from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.actions import Claims
from portal.domain.accounts.people.models import Person
from portal.domain.emails.models import Email, EmailKind, State
from portal.domain.events.models import Event
from portal.domain.feedback.models import Answer
from portal.domain.feedback.queries import Read
from portal.domain.registrations.models import Registration, Status
from portal.i18n.locale import LANGUAGES

# So many read besides the demo's people who can sign in.
READERS: Final = 16


@dataclass(frozen=True)
class Attendance:
    """How many take part: all who signed up, those who opened the room, those who answered."""

    signed_up: int
    attended: int = 0
    answered: int = 0


def welcome_readers(db: Session, names: Sequence[str], issuer: str, now: datetime) -> list[Person]:
    """People who read, follow and comment, and organise nothing."""
    readers = []
    for number, name in enumerate(names[:READERS], start=1):
        subject = f"reader-{number}"
        language = LANGUAGES[number % len(LANGUAGES)]
        claims = Claims(issuer, subject, name, f"{subject}@example.org", language, "Europe/Berlin")
        readers.append(people.welcome(db, claims, language, now - timedelta(days=300)))
    return readers


def public_id(chance: random.Random) -> str:
    """Return a record's public name that comes out the same for the same seed."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return "".join(chance.choices(alphabet, k=22))


def add_guests(
    db: Session,
    event: Event,
    names: Sequence[str],
    attendance: Attendance,
    now: datetime,
    chance: random.Random,
) -> list[Registration]:
    """Guests with confirmed places, then a waiting list; they want no reminders."""
    seal = seal_of(db)
    first = min(now, event.starts_at) - timedelta(days=14)
    rows = []
    for number in range(attendance.signed_up):
        has_place = event.capacity is None or event.taken < event.capacity
        event.taken += has_place
        event.seats.last_queue_number += 1
        address = f"guest-{event.slug}-{number}@example.org"
        signed_up = first + timedelta(minutes=37 * number)
        attended = has_place and number < attendance.attended
        rows.append(
            Registration(
                public_id=public_id(chance),
                event_id=event.id,
                name_sealed=seal.close(names[number % len(names)], "registration.name"),
                email_sealed=seal.close(address, "registration.email"),
                email_index=seal.index(address),
                language=chance.choice(("kk", "kk", "ru", "en")),
                time_zone=chance.choice(("Europe/Berlin", "Asia/Almaty", "Europe/Istanbul", None)),
                status=(Status.CONFIRMED if has_place else Status.WAITLISTED).value,
                queue_number=event.seats.last_queue_number,
                registered_at=signed_up,
                confirmed_at=signed_up + timedelta(minutes=4) if has_place else None,
                attended_at=event.starts_at - timedelta(minutes=number % 15) if attended else None,
                wants_reminders=False,
                has_answered=attended and number < attendance.answered,
            )
        )
    db.add_all(rows)
    db.flush()
    db.add_all(_email_for(row) for row in rows)
    db.flush()
    return rows


def _email_for(row: Registration) -> Email:
    """Return the email that told somebody of a place or a place in line, long since sent."""
    confirmed = row.status == Status.CONFIRMED
    return Email(
        registration_id=row.id,
        kind=(EmailKind.CONFIRMED if confirmed else EmailKind.WAITLISTED).value,
        occasion=str(row.queue_number),
        state=State.SENT.value,
        due_at=row.registered_at,
        sent_at=row.registered_at,
        payload={},
    )


def add_answers(
    db: Session, event: Event, answers: Sequence[Read], count: int, chance: random.Random
) -> None:
    """Feedback as it stands when the box has been poured out."""
    seal = seal_of(db)
    picked = chance.sample(list(answers), min(count, len(answers)))
    db.add_all(
        Answer(
            id=public_id(chance),
            event_id=event.id,
            rating=answer.rating,
            recommend=answer.recommend,
            good_sealed=seal.close(answer.good, "feedback.text") if answer.good else None,
            improve_sealed=seal.close(answer.improve, "feedback.text") if answer.improve else None,
            may_quote=answer.may_quote,
            language=answer.language,
        )
        for answer in picked
    )
    db.flush()
