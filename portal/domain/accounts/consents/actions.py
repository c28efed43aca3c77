"""Giving a consent and taking it back."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.domain.accounts.consents import queries, rules
from portal.domain.accounts.consents.models import Consent, ConsentText, Purpose
from portal.domain.accounts.consents.rules import Wording
from portal.domain.accounts.people.models import Person


def record_consent(db: Session, person: Person, purpose: Purpose, now: datetime) -> None:
    """Agrees to the present text in the language now spoken. Twice is once."""
    _lock(db, person)
    if queries.current_consent(db, person, purpose) is not None:
        return
    digest = _wording_digest(db, purpose)
    db.add(Consent(person_id=person.id, purpose=purpose.value, text_digest=digest, given_at=now))
    db.flush()


def record_guest_consents(db: Session, given: Mapping[int, Wording], now: datetime) -> None:
    """Note what the page of each sign-up (by id) said was agreed to; there may be none.

    It goes with what it is about. A crowd costs two statements, like a single guest.
    """
    if not given:
        return
    read = {wording.digest: wording for wording in given.values()}
    stored = select(ConsentText.digest).where(ConsentText.digest.in_(read))
    for digest in read.keys() - set(db.scalars(stored)):
        _store(db, read[digest])
    db.execute(
        insert(Consent.__table__),  # type: ignore[arg-type]  # it is a table
        [
            {
                "registration_id": registration_id,
                "purpose": Purpose.SIGN_UP.value,
                "text_digest": wording.digest,
                "given_at": now,
            }
            for registration_id, wording in given.items()
        ],
    )


def withdraw(db: Session, person: Person, purpose: Purpose, now: datetime) -> None:
    """Take it back; nothing is done on its strength from then on. Twice is once."""
    _lock(db, person)
    consent = queries.current_consent(db, person, purpose)
    if consent is not None:
        consent.withdrawn_at = now


def _lock(db: Session, person: Person) -> None:
    db.execute(select(Person.id).where(Person.id == person.id).with_for_update())


def _wording_digest(db: Session, purpose: Purpose) -> str:
    """Return the digest of the present words, which are kept from now on."""
    wording = rules.wording_of(purpose)
    if db.get(ConsentText, wording.digest) is None:
        _store(db, wording)
    return wording.digest


def _store(db: Session, wording: Wording) -> None:
    # Somebody else may be the first reader of this version at the same moment.
    with suppress(IntegrityError), db.begin_nested():
        db.add(ConsentText(**asdict(wording)))
