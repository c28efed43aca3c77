"""Giving a consent and taking it back."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.domain.consents import queries, rules
from portal.domain.consents.models import Consent, ConsentText
from portal.domain.people.models import Person

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.domain.consents.models import Purpose


def give(db: Session, person: Person, purpose: Purpose, now: datetime) -> None:
    """Agrees to the present text in the language now spoken. Twice is once."""
    _lock(db, person)
    if queries.standing_consent(db, person, purpose) is not None:
        return
    wording = rules.wording_of(purpose)
    if db.get(ConsentText, wording.digest) is None:
        # Somebody else may be the first reader of this version at the same moment.
        with suppress(IntegrityError), db.begin_nested():
            db.add(ConsentText(**wording._asdict()))
    db.add(
        Consent(
            person_id=person.id, purpose=purpose.value, text_digest=wording.digest, given_at=now
        )
    )
    db.flush()


def withdraw(db: Session, person: Person, purpose: Purpose, now: datetime) -> None:
    """Takes it back; nothing is done on its strength from then on. Twice is once."""
    _lock(db, person)
    consent = queries.standing_consent(db, person, purpose)
    if consent is not None:
        consent.withdrawn_at = now


def _lock(db: Session, person: Person) -> None:
    db.execute(select(Person.id).where(Person.id == person.id).with_for_update())
