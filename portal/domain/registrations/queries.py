"""The only door to registrations: through the person, or through the secret in an email's link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from portal.core.encryption import seal_of
from portal.core.refusals import NotFoundError
from portal.core.tokens import digest, is_token
from portal.db.engine import rows
from portal.db.query_hints import literal
from portal.domain.accounts.people import queries as people
from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Event
from portal.domain.events.models import Status as EventStatus
from portal.domain.registrations.models import PassToken, Registration, Status
from portal.domain.registrations.rules import RETENTION_AFTER_EVENT

# In the words of its index, so that PostgreSQL knows how few are: they are looked for at every
# sign-up, among all there are.
IS_HELD: Final = and_(
    Registration.held_until.is_not(None), Registration.status != literal(Status.CANCELLED)
)


@dataclass(frozen=True)
class Pass:
    """A registration with its event, as its holder sees it."""

    registration: Registration
    event: Event


def pass_for(db: Session, visitor: Person | None, key: str, now: datetime) -> Pass:
    """Return the pass behind a key: an email's secret, or a public id for its member alone."""
    passes = select(Registration, Event).join(Event, Event.id == Registration.event_id)
    if is_token(key):
        passes = passes.join(PassToken, PassToken.registration_id == Registration.id).where(
            PassToken.digest == digest(key),
            (Event.ends_at > now - RETENTION_AFTER_EVENT)
            | (Event.status == EventStatus.POSTPONED.value),
        )
    elif visitor is not None:
        passes = passes.where(Registration.public_id == key, Registration.person_id == visitor.id)
    else:
        raise NotFoundError
    row = db.execute(passes).one_or_none()
    if row is None:
        raise NotFoundError
    return Pass(row.Registration, row.Event)


def is_a_members(db: Session, key: str) -> bool:
    """Return whether a key is a public id, so that signing in may open its pass."""
    return (
        not is_token(key)
        and db.scalar(select(Registration.id).where(Registration.public_id == key)) is not None
    )


def known_as(
    db: Session, event: Event, person_id: int | None, email_index: str | None
) -> Sequence[Registration]:
    """Return what a member or an address has signed up with: two where the address was a guest's.

    Asked for one after the other: for either of them PostgreSQL reads all who signed up.
    """
    by = ((Registration.person_id, person_id), (Registration.email_index, email_index))
    found = [
        db.scalar(select(Registration).where(Registration.event_id == event.id, column == value))
        for column, value in by
        if value is not None
    ]
    return list(dict.fromkeys(each for each in found if each))


_MEMBERS = select(Registration.person_id).where(
    Registration.event_id == bindparam("event_id"),
    Registration.person_id.in_(bindparam("keys", expanding=True)),
)
_ADDRESSES = select(Registration.email_index).where(
    Registration.event_id == bindparam("event_id"),
    Registration.email_index.in_(bindparam("keys", expanding=True)),
)


def known_registrants(
    db: Session, event: Event, people: set[int], addresses: set[str]
) -> set[int | str]:
    """Return which of these people (ids) and addresses (indexes) ever signed up for an event."""
    known: set[int | str] = set()
    for question, keys in ((_MEMBERS, people), (_ADDRESSES, addresses)):
        if keys:
            known.update(rows(db, question, {"event_id": event.id, "keys": sorted(keys)}).scalars())
    return known


def waiting(db: Session, event: Event) -> int:
    """Return how many stand in line."""
    return (
        db.scalar(
            select(func.count()).where(
                Registration.event_id == event.id,
                Registration.status == Status.WAITLISTED.value,
            )
        )
        or 0
    )


def first_in_line(db: Session, event: Event, limit: int) -> Sequence[Registration]:
    """Return the next people to get a place, in order."""
    return db.scalars(
        select(Registration)
        .where(Registration.event_id == event.id, Registration.status == Status.WAITLISTED.value)
        .order_by(Registration.queue_number)
        .limit(limit)
    ).all()


def place_in_line(db: Session, registration: Registration) -> int:
    """1 for the next to get a place."""
    ahead = db.scalar(
        select(func.count()).where(
            Registration.event_id == registration.event_id,
            Registration.status == Status.WAITLISTED.value,
            Registration.queue_number < registration.queue_number,
        )
    )
    return (ahead or 0) + 1


def active_of(db: Session, event: Event) -> Sequence[int]:
    """Everybody with a place or in line, by registration in order of signing up."""
    return db.scalars(
        select(Registration.id)
        .where(Registration.event_id == event.id, Registration.status != Status.CANCELLED.value)
        .order_by(Registration.queue_number)
    ).all()


def run_out(db: Session, now: datetime, event: Event | None = None) -> Sequence[Registration]:
    """Held registrations whose time is over."""
    held = select(Registration).where(IS_HELD, Registration.held_until <= now)
    if event is not None:
        held = held.where(Registration.event_id == event.id)
    return db.scalars(held.order_by(Registration.event_id, Registration.id)).all()


@dataclass(frozen=True)
class Recipient:
    """Whom an email about a registration goes to; address None where none is known."""

    name: str
    address: str | None
    language: str
    time_zone: str | None
    is_member: bool
    is_discreet: bool


def recipient_of(db: Session, registration: Registration) -> Recipient:
    """Name and address, opened: a member's from the profile, a guest's from the registration.

    Nobody is told who closed their account, nor are emails written there.
    """
    seal = seal_of(db)
    person = registration.person_id and db.get(Person, registration.person_id)
    if person:
        return Recipient(
            people.name_of(db, person) if person.closed_at is None else "",
            people.address_of(db, person) if person.closed_at is None else None,
            person.language,
            person.time_zone or registration.time_zone,
            is_member=True,
            is_discreet=person.is_discreet,
        )
    name = registration.name_sealed
    email = registration.email_sealed
    return Recipient(
        seal.open(name, "registration.name") if name else "",
        seal.open(email, "registration.email") if email else None,
        registration.language,
        registration.time_zone,
        is_member=False,
        is_discreet=registration.is_discreet,
    )


def counts(db: Session, event: Event) -> dict[str, int]:
    """Numbers for the organisers: confirmed, held, waitlisted, cancelled, attended, answered."""
    confirmed = Registration.status == Status.CONFIRMED.value
    held = Registration.held_until.is_not(None)
    row = db.execute(
        select(
            func.count().filter(confirmed, ~held).label("confirmed"),
            func.count().filter(confirmed, held).label("held"),
            func.count().filter(Registration.status == Status.WAITLISTED.value).label("waitlisted"),
            func.count().filter(Registration.status == Status.CANCELLED.value).label("cancelled"),
            func.count().filter(Registration.attended_at.is_not(None)).label("attended"),
            func.count().filter(Registration.has_answered).label("answered"),
        ).where(Registration.event_id == event.id)
    ).one()
    return dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping


def upcoming_of(db: Session, person: Person, now: datetime) -> Sequence[tuple[str, str, int]]:
    """Return a member's passes for what is to come or to be answered: id, status, event."""
    found = db.execute(
        select(Registration.public_id, Registration.status, Registration.event_id)
        .join(Event, Event.id == Registration.event_id)
        .where(
            Registration.person_id == person.id,
            Registration.status != Status.CANCELLED.value,
            or_(
                Event.ends_at > now,
                Event.status == EventStatus.POSTPONED.value,
                Registration.has_answered.is_(False),
            ),
        )
        .order_by(Event.starts_at)
        .limit(100)
    )
    return [(public_id, status, event_id) for public_id, status, event_id in found]
