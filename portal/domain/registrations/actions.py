"""Signing up, confirming, joining and giving a place back: lock the event, decide, then write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal import tokens
from portal.domain.consents.actions import give_as_guest
from portal.domain.events.locking import lock_places
from portal.domain.events.queries import lock_by_id
from portal.domain.letters.actions import queue
from portal.domain.letters.models import Kind
from portal.domain.letters.queries import owed_since
from portal.domain.people.rules import check_address, check_name
from portal.domain.registrations import places, queries, rules
from portal.domain.registrations.models import PassToken, Registration, Status
from portal.domain.registrations.places import before, give, promote, release
from portal.sealing import seal_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.domain.events.models import Event
    from portal.domain.people.models import Person
    from portal.domain.registrations.queries import Pass


@dataclass(frozen=True)
class Guest:
    """What somebody without an account says of themselves."""

    name: str
    email: str
    language: str
    time_zone: str | None


def register_member(db: Session, person: Person, event: Event, now: datetime) -> Registration:
    """A member's place, or place in line. Twice is once.

    A guest's registration under the member's own verified address becomes the member's.
    """
    lock_places(db, event)
    rules.check_can_register(event, now)
    met = before(db, event, now, person.id, person.email_index)
    registration = _own_or_adopted(db, person, event) if met.is_known else None
    if registration is None:
        registration = _new(db, event, person.language, person.time_zone)
    already = rules.is_active(registration) and registration.held_until is None
    registration.person_id = person.id
    registration.email_index = person.email_index
    registration.name_sealed = registration.email_sealed = None
    if already:
        return registration
    if not rules.is_active(registration):
        give(db, event, registration, now, has_waiting=met.has_waiting)
    _prove(db, registration, now)
    return registration


def register_guest(db: Session, guest: Guest, event: Event, now: datetime) -> Registration:
    """A guest's place, held until the letter's link proves the address.

    An address that has signed up before gets the letter again, whatever name is given now; the
    answer to the browser is the same, so that nobody learns who takes part.
    """
    name, email = check_name(guest.name), check_address(guest.email)
    lock_places(db, event)
    rules.check_can_register(event, now)
    seal = seal_of(db)
    index = seal.index(email)
    met = before(db, event, now, None, index)
    registration = queries.registration_of(db, event, None, index) if met.is_known else None
    if registration is not None and rules.is_active(registration):
        _write_again(db, registration, now)
        return registration
    if registration is None:
        registration = _new(db, event, guest.language, guest.time_zone)
        registration.email_index = index
    if registration.person_id is None:
        registration.name_sealed = seal.close(name, "registration.name")
        registration.email_sealed = seal.close(email, "registration.email")
        registration.language, registration.time_zone = guest.language, guest.time_zone
    registration.held_until = now + rules.HELD_FOR
    give(db, event, registration, now, has_waiting=met.has_waiting)
    give_as_guest(db, registration.id, now)
    queue(db, registration.id, Kind.CONFIRM, now.isoformat(), now)
    return registration


def confirm(db: Session, held: Pass, now: datetime) -> Registration:
    """The guest has followed the letter's link and pressed the button. Twice is once."""
    registration = _lock_pass(db, held)
    rules.check_can_confirm(held.event, registration, now)
    if registration.held_until is not None:
        _prove(db, registration, now)
    return registration


def cancel(db: Session, held: Pass, now: datetime) -> Registration:
    """Gives the place back; the first in line gets it and a letter about it."""
    registration = _lock_pass(db, held)
    rules.check_can_give_back(held.event, registration, now)
    release(held.event, registration)
    registration.held_until = None
    db.flush()
    promote(db, held.event, now)
    return registration


def join(db: Session, held: Pass, now: datetime) -> None:
    """Opens the room, and remembers that this place was used."""
    registration = _lock_pass(db, held)
    rules.check_can_join(held.event, registration, now)
    if registration.attended_at is None:
        registration.attended_at = now


def want_reminders(db: Session, held: Pass, *, wanted: bool) -> None:
    """Turns reminders for this registration on or off; news about the event comes all the same."""
    _lock_pass(db, held).wants_reminders = wanted


def be_discreet(db: Session, held: Pass, *, wanted: bool) -> None:
    """Whether a guest's letters and calendar entries hide what they are about."""
    _lock_pass(db, held).is_discreet = wanted


def release_run_out(db: Session, event_id: int, now: datetime) -> int:
    """Gives up the held places of one event whose time is over; returns how many."""
    return places.release_run_out(db, lock_by_id(db, event_id), now)


def new_pass_token(db: Session, registration: Registration) -> str:
    """A secret for one letter's link; it opens the pass as long as the data behind it is kept."""
    token = tokens.new_token()
    db.add(PassToken(digest=tokens.digest(token), registration_id=registration.id))
    return token


def _own_or_adopted(db: Session, person: Person, event: Event) -> Registration | None:
    """A member's registration, or the guest's under the member's verified address.

    Where there are both, the one that holds something is kept and the other goes.
    """
    own = queries.registration_of(db, event, person, None)
    guests = queries.registration_of(db, event, None, person.email_index)
    if own is None or guests is None or own is guests:
        return own or guests
    kept, spare = (own, guests) if rules.is_active(own) else (guests, own)
    if rules.is_active(spare):
        release(event, spare)
    db.delete(spare)
    db.flush()
    return kept


def _new(db: Session, event: Event, language: str, time_zone: str | None) -> Registration:
    registration = Registration(
        public_id=tokens.new_public_id(),
        event_id=event.id,
        language=language,
        time_zone=time_zone,
        status=Status.CANCELLED.value,
        queue_number=0,
        wants_reminders=True,
        is_discreet=False,
        has_answered=False,
    )
    db.add(registration)
    return registration


def _prove(db: Session, registration: Registration, now: datetime) -> None:
    """The address is the person's own: the place or the place in line is theirs for good."""
    registration.held_until = None
    occasion = str(registration.queue_number)
    if registration.status == Status.CONFIRMED:
        registration.confirmed_at = now
        queue(db, registration.id, Kind.CONFIRMED, occasion, now)
    else:
        queue(db, registration.id, Kind.WAITLISTED, occasion, now)


def _write_again(db: Session, registration: Registration, now: datetime) -> None:
    """The letter once more, for somebody who lost it; a few minutes apart at most."""
    if registration.held_until is not None:
        kind = Kind.CONFIRM
    elif registration.status == Status.CONFIRMED:
        kind = Kind.CONFIRMED
    else:
        kind = Kind.WAITLISTED
    if not owed_since(db, registration.id, now - rules.LETTER_AGAIN_AFTER):
        queue(db, registration.id, kind, f"again {now.isoformat()}", now)


def _lock_pass(db: Session, held: Pass) -> Registration:
    """Locks the event, then reads the registration afresh: what was read before may be old."""
    lock_places(db, held.event)
    db.refresh(held.registration)
    return held.registration
