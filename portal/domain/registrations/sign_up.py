"""Signing up: all who want places of one event in the same moment, in the order they came.

What a thousand people press in one minute is decided about many at once: while the event is locked
everybody else waits, so it is locked for a few statements, however many they decide about.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import NamedTuple

from sqlalchemy.orm import Session

from portal.core.encryption import Seal
from portal.domain.accounts.consents.actions import record_guest_consents
from portal.domain.accounts.consents.models import Purpose
from portal.domain.accounts.consents.rules import Wording, wording_of
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.rules import check_address, check_name
from portal.domain.emails.actions import Owed, queue_all
from portal.domain.emails.models import EmailKind
from portal.domain.emails.queries import owed_since
from portal.domain.events.locking import lock_places
from portal.domain.events.models import Event
from portal.domain.registrations import queries, rules
from portal.domain.registrations.models import Registration, Status
from portal.domain.registrations.seats import assign, has_line, release


@dataclass(frozen=True)
class Guest:
    """What somebody without an account says of themselves, and the words that they have read."""

    name: str
    email: str
    language: str
    time_zone: str | None
    wording: Wording = field(default_factory=partial(wording_of, Purpose.SIGN_UP))


class Applicant(NamedTuple):
    """Who wants a place, ready to be written: a member by id, a guest by what was sealed."""

    person_id: int | None
    email_index: str | None
    language: str
    time_zone: str | None
    name_sealed: bytes | None = None
    email_sealed: bytes | None = None
    wording: Wording | None = None

    @property
    def keys(self) -> set[int | str]:
        """What they are known by at an event."""
        return {key for key in (self.person_id, self.email_index) if key is not None}


def member(person: Person) -> Applicant:
    """Return a member, as the profile says now."""
    return Applicant(person.id, person.email_index, person.language, person.time_zone)


def guest(seal: Seal, said: Guest) -> Applicant:
    """Return a guest; what is wrong with name or address is refused before anything is locked."""
    name, email = check_name(said.name), check_address(said.email)
    return Applicant(
        None,
        seal.index(email),
        said.language,
        said.time_zone,
        seal.close(name, "registration.name"),
        seal.close(email, "registration.email"),
        said.wording,
    )


def register_all(
    db: Session, event: Event, applicants: Sequence[Applicant], now: datetime
) -> list[Registration]:
    """Give each of them a place, or place in line, in their order. Twice is once.

    A guest's registration under a member's own verified address becomes the member's. A guest's
    place is held until the email's link proves the address; an address that has signed up before
    gets the email again, whatever name is given now, and the answer to the browser is the same,
    so that nobody learns who takes part.
    """
    lock_places(db, event)
    rules.check_can_register(event, now)
    batch = _SignUpBatch(db, event, now, applicants)
    registrations = [batch.registration_of(each) for each in applicants]
    batch.write()
    return registrations


def prove(registration: Registration, now: datetime) -> tuple[EmailKind, str]:
    """Prove the address: the place, or the place in line, is theirs for good.

    Returns kind and occasion of the email that says so.
    """
    registration.held_until = None
    occasion = str(registration.queue_number)
    if registration.status == Status.CONFIRMED:
        registration.confirmed_at = now
        return EmailKind.CONFIRMED, occasion
    return EmailKind.WAITLISTED, occasion


class _SignUpBatch:
    """Gives places of a locked event, and writes them, emails and consents when it is told to."""

    def __init__(
        self, db: Session, event: Event, now: datetime, applicants: Sequence[Applicant]
    ) -> None:
        self._db, self._event, self._now = db, event, now
        people = {each.person_id for each in applicants if each.person_id is not None}
        addresses = {each.email_index for each in applicants if each.email_index is not None}
        self._has_line = has_line(db, event, now)
        self._known = queries.known_registrants(db, event, people, addresses)
        self._emails: list[tuple[Registration, EmailKind, str]] = []
        self._agreed: list[tuple[Registration, Wording]] = []

    def registration_of(self, applicant: Applicant) -> Registration:
        registration = self._found(applicant) or self._new(applicant)
        self._known |= applicant.keys
        if applicant.person_id is None:
            self._take_guest(registration, applicant)
        else:
            self._take_member(registration, applicant)
        self._has_line = self._has_line or registration.status == Status.WAITLISTED
        return registration

    def write(self) -> None:
        self._db.flush()
        record_guest_consents(
            self._db, {each.id: wording for each, wording in self._agreed}, self._now
        )
        owed = [Owed(each.id, kind, occasion) for each, kind, occasion in self._emails]
        queue_all(self._db, owed, self._now)
        self._emails, self._agreed = [], []

    def _found(self, applicant: Applicant) -> Registration | None:
        """Return the registration they have had before, maybe a moment ago."""
        if self._known.isdisjoint(applicant.keys):
            return None
        self.write()
        found = queries.known_as(self._db, self._event, applicant.person_id, applicant.email_index)
        if len(found) < 2:  # noqa: PLR2004 - a member's own and a guest's under the same address
            return next(iter(found), None)
        # The one that holds something is kept and the other goes.
        own, guests = sorted(found, key=lambda each: each.person_id != applicant.person_id)
        staying, spare = (own, guests) if rules.is_active(own) else (guests, own)
        if rules.is_active(spare):
            release(self._event, spare)
        self._db.delete(spare)
        self._db.flush()
        return staying

    def _new(self, applicant: Applicant) -> Registration:
        registration = Registration(
            event_id=self._event.id,
            language=applicant.language,
            time_zone=applicant.time_zone,
            status=Status.CANCELLED.value,
            email_index=applicant.email_index,
        )
        self._db.add(registration)
        return registration

    def _take_member(self, registration: Registration, applicant: Applicant) -> None:
        already = rules.is_active(registration) and registration.held_until is None
        registration.person_id = applicant.person_id
        registration.email_index = applicant.email_index
        registration.name_sealed = registration.email_sealed = None
        if already:
            return
        if not rules.is_active(registration):
            self._give(registration)
        self._emails.append((registration, *prove(registration, self._now)))

    def _take_guest(self, registration: Registration, applicant: Applicant) -> None:
        if rules.is_active(registration):
            self._write_again(registration)
            return
        if registration.person_id is None:
            registration.name_sealed = applicant.name_sealed
            registration.email_sealed = applicant.email_sealed
            registration.language = applicant.language
            registration.time_zone = applicant.time_zone
        registration.held_until = self._now + rules.HELD_FOR
        self._give(registration)
        if applicant.wording is not None:
            self._agreed.append((registration, applicant.wording))
        self._emails.append((registration, EmailKind.CONFIRM, self._now.isoformat()))

    def _give(self, registration: Registration) -> None:
        assign(self._event, registration, self._now, has_waiting=self._has_line)

    def _write_again(self, registration: Registration) -> None:
        """Write the email once more, for somebody who lost it; a few minutes apart at most."""
        if registration.held_until is not None:
            kind = EmailKind.CONFIRM
        elif registration.status == Status.CONFIRMED:
            kind = EmailKind.CONFIRMED
        else:
            kind = EmailKind.WAITLISTED
        if not owed_since(self._db, registration.id, self._now - rules.EMAIL_AGAIN_AFTER):
            occasion = f"again {self._now.isoformat()}"
            self._emails.append((registration, kind, occasion))
