"""Giving a consent and taking it back."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, literal, select
from sqlalchemy.exc import IntegrityError

from portal.database import rows
from portal.domain.consents import queries, rules
from portal.domain.consents.models import Consent, ConsentText, Purpose
from portal.domain.people.models import Person

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.domain.consents.rules import Wording

_GIVEN_AS_GUEST = (
    insert(Consent)
    .from_select(
        ["registration_id", "given_at", "purpose", "text_digest"],
        select(
            bindparam("registration", type_=Consent.registration_id.type),
            bindparam("given_at", type_=Consent.given_at.type),
            literal(Purpose.SIGN_UP.value),
            ConsentText.digest,
        ).where(ConsentText.digest == bindparam("digest")),
    )
    .inline()
    .execution_options(preserve_rowcount=True)
)


def give(db: Session, person: Person, purpose: Purpose, now: datetime) -> None:
    """Agrees to the present text in the language now spoken. Twice is once."""
    _lock(db, person)
    if queries.standing_consent(db, person, purpose) is not None:
        return
    digest = _kept_wording(db, purpose)
    db.add(Consent(person_id=person.id, purpose=purpose.value, text_digest=digest, given_at=now))
    db.flush()


def give_as_guest(db: Session, registration_id: int, now: datetime) -> None:
    """Notes what the page of a sign-up said was agreed to; it goes with what it is about."""
    wording = rules.wording_of(Purpose.SIGN_UP)
    values = {"registration": registration_id, "given_at": now, "digest": wording.digest}
    # One statement, since a crowd signs up at once; nothing is written where the words are new.
    if rows(db, _GIVEN_AS_GUEST, values).rowcount == 0:
        _keep(db, wording)
        rows(db, _GIVEN_AS_GUEST, values)


def withdraw(db: Session, person: Person, purpose: Purpose, now: datetime) -> None:
    """Takes it back; nothing is done on its strength from then on. Twice is once."""
    _lock(db, person)
    consent = queries.standing_consent(db, person, purpose)
    if consent is not None:
        consent.withdrawn_at = now


def _lock(db: Session, person: Person) -> None:
    db.execute(select(Person.id).where(Person.id == person.id).with_for_update())


def _kept_wording(db: Session, purpose: Purpose) -> str:
    """The digest of the present words, which are kept from now on."""
    wording = rules.wording_of(purpose)
    if db.get(ConsentText, wording.digest) is None:
        _keep(db, wording)
    return wording.digest


def _keep(db: Session, wording: Wording) -> None:
    # Somebody else may be the first reader of this version at the same moment.
    with suppress(IntegrityError), db.begin_nested():
        db.add(ConsentText(**wording._asdict()))
