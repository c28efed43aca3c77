"""One person's place, confirmed, used and given back: lock the event, decide, then write."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.core import tokens
from portal.domain.accounts.people.models import Person
from portal.domain.emails.actions import queue
from portal.domain.events.locking import lock_places
from portal.domain.events.models import Event
from portal.domain.events.queries import lock_by_id
from portal.domain.registrations import rules, seats, sign_up
from portal.domain.registrations.attendance import set_attended
from portal.domain.registrations.models import PassToken, Registration
from portal.domain.registrations.queries import Pass
from portal.domain.registrations.seats import promote, release
from portal.domain.registrations.sign_up import prove


def register_member(db: Session, person: Person, event: Event, now: datetime) -> Registration:
    """Give a member a place, or place in line, by itself."""
    return sign_up.register_all(db, event, [sign_up.member(person)], now)[0]


def confirm(db: Session, own_pass: Pass, now: datetime) -> Registration:
    """Confirm a guest who followed the email's link and pressed the button. Twice is once."""
    registration = _lock_pass(db, own_pass)
    rules.check_can_confirm(own_pass.event, registration, now)
    if registration.held_until is not None:
        kind, occasion = prove(registration, now)
        queue(db, registration.id, kind, occasion, now)
    return registration


def cancel(db: Session, own_pass: Pass, now: datetime) -> Registration:
    """Give the place back; the first in line gets it and an email about it."""
    registration = _lock_pass(db, own_pass)
    rules.check_can_cancel(own_pass.event, registration, now)
    release(own_pass.event, registration)
    registration.held_until = None
    db.flush()
    promote(db, own_pass.event, now)
    return registration


def join(db: Session, own_pass: Pass, now: datetime) -> None:
    """Open the room, and remember that this place was used."""
    registration = _lock_pass(db, own_pass)
    rules.check_can_join(own_pass.event, registration, now)
    if registration.attended_at is None:
        set_attended(db, own_pass.event, registration, now, now)


def want_reminders(db: Session, own_pass: Pass, *, wanted: bool) -> None:
    """Turn reminders for this registration on or off; news about the event comes all the same."""
    _lock_pass(db, own_pass).wants_reminders = wanted


def be_discreet(db: Session, own_pass: Pass, *, wanted: bool) -> None:
    """Set whether a guest's emails and calendar entries hide what they are about."""
    _lock_pass(db, own_pass).is_discreet = wanted


def release_run_out(db: Session, event_id: int, now: datetime) -> int:
    """Give up the held places of one event whose time is over; return how many."""
    return seats.release_run_out(db, lock_by_id(db, event_id), now)


def new_pass_token(db: Session, registration: Registration) -> str:
    """Return a secret for one email's link; it opens the pass while its data is kept."""
    token = tokens.new_token()
    db.add(PassToken(digest=tokens.digest(token), registration_id=registration.id))
    return token


def _lock_pass(db: Session, own_pass: Pass) -> Registration:
    """Lock the event, then read the registration afresh: what was read before may be old."""
    lock_places(db, own_pass.event)
    db.refresh(own_pass.registration)
    return own_pass.registration
