"""Sign-ups by the million for measuring, straight into the tables; names as they are kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from portal.core.availability import band
from portal.core.encryption import seal_of
from portal.db.engine import Database
from portal.demo.participants import public_id
from portal.demo.seed.events import Filling
from portal.domain.accounts.consents.actions import record_guest_consents
from portal.domain.accounts.consents.models import Consent, Purpose
from portal.domain.accounts.consents.rules import wording_of
from portal.domain.emails.models import Email, EmailKind, State
from portal.domain.events.models import Event, EventSeats
from portal.domain.registrations.models import Registration, Status
from portal.domain.registrations.rules import RETENTION_AFTER_EVENT

# One event that is to come has a tenth of all, the others about as many each.
_SHARE: Final = 10
_AT_ONCE: Final = 20_000
_NAMES: Final = ("Айгүл", "Бекзат", "Гүлнар", "Данияр", "Жанар", "Мирас", "Перизат", "Тимур")


@dataclass(frozen=True, slots=True)
class _Seat:
    event_id: int
    number: int
    has_place: bool
    signed_up: datetime
    is_retained: bool


def add_sign_ups(database: Database, filling: Filling, how_many: int) -> None:
    """So many guests at events made before (portal.demo.seed.events)."""
    with database.writing() as db:
        events = db.execute(
            select(Event.id, Event.slug, Event.starts_at, Event.ends_at)
            .where(Event.slug.like("event-%"))
            .order_by(Event.id)
        ).all()
    crowd = how_many // _SHARE
    crowded = next(event.slug for event in events if event.starts_at > filling.now)
    filling.printed["crowded"] = crowded
    each = (how_many - crowd) / max(1, len(events) - 1)
    seats: list[_Seat] = []
    given = 0.0
    for event in events:
        if event.slug == crowded:
            size = crowd
        else:
            given += each
            size = int(given)
            given -= size
        places = size * 3 // 5
        first = min(filling.now, event.starts_at) - timedelta(days=14)
        is_retained = event.ends_at > filling.now - RETENTION_AFTER_EVENT
        for number in range(size):
            signed_up = first + timedelta(seconds=number)
            seats.append(_Seat(event.id, number + 1, number < places, signed_up, is_retained))
            if len(seats) == _AT_ONCE:
                _write(database, filling, seats)
                seats = []
    _write(database, filling, seats)
    with database.writing() as db:
        _count_places(db)


def _write(database: Database, filling: Filling, seats: list[_Seat]) -> None:
    if not seats:
        return
    with database.writing() as db:
        first = (db.scalar(select(func.max(Registration.id))) or 0) + 1
        rows = [_row(db, filling, first + offset, seat) for offset, seat in enumerate(seats)]
        db.execute(insert(Registration.__table__), rows)  # type: ignore[arg-type]  # it is a table
        retained = [row for row, seat in zip(rows, seats, strict=True) if seat.is_retained]
        if retained:
            wording = wording_of(Purpose.SIGN_UP)
            # Keeps the words, too.
            record_guest_consents(db, {retained[0]["id"]: wording}, retained[0]["registered_at"])
            db.execute(insert(Consent), [_consent(row) for row in retained[1:]])
            db.execute(insert(Email), [_email(row) for row in retained])
        if db.get_bind().dialect.name == "postgresql":
            db.execute(
                text(
                    "SELECT setval(pg_get_serial_sequence('registrations', 'id'), "
                    "(SELECT max(id) FROM registrations))"
                )
            )


def _row(db: Session, filling: Filling, new_id: int, seat: _Seat) -> dict[str, Any]:
    seal, chance = seal_of(db), filling.chance
    address = f"guest-{new_id}@example.org"
    name = f"{chance.choice(_NAMES)} {new_id}"
    return {
        "id": new_id,
        "public_id": public_id(chance),
        "event_id": seat.event_id,
        "person_id": None,
        "name_sealed": seal.close(name, "registration.name") if seat.is_retained else None,
        "email_sealed": seal.close(address, "registration.email") if seat.is_retained else None,
        "email_index": seal.index(address) if seat.is_retained else None,
        "language": "kk",
        "time_zone": None,
        "status": (Status.CONFIRMED if seat.has_place else Status.WAITLISTED).value,
        "queue_number": seat.number,
        "registered_at": seat.signed_up,
        "held_until": None,
        "confirmed_at": seat.signed_up if seat.has_place else None,
        "attended_at": None,
        "wants_reminders": False,
        "is_discreet": False,
        "has_answered": False,
    }


def _consent(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "registration_id": row["id"],
        "purpose": Purpose.SIGN_UP.value,
        "text_digest": wording_of(Purpose.SIGN_UP).digest,
        "given_at": row["registered_at"],
    }


def _email(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "registration_id": row["id"],
        "kind": EmailKind.CONFIRM.value,
        "occasion": row["registered_at"].isoformat(),
        "payload": {},
        "state": State.SENT.value,
        "due_at": row["registered_at"],
        "attempts": 1,
        "sent_at": row["registered_at"],
    }


def _count_places(db: Session) -> None:
    """Events are told what their sign-ups come to; none is sold beyond its places."""
    confirmed = Registration.status == Status.CONFIRMED.value
    counted = db.execute(
        select(
            Registration.event_id,
            func.count().filter(confirmed),
            func.max(Registration.queue_number),
        ).group_by(Registration.event_id)
    ).all()
    seats = [
        {"event_id": event, "taken": taken, "capacity": max(1, taken), "last_queue_number": last}
        for event, taken, last in counted
    ]
    db.execute(update(EventSeats), seats)
    db.execute(
        update(Event),
        [
            {"id": each["event_id"], "availability": band(each["capacity"], each["taken"]).value}
            for each in seats
        ],
    )
