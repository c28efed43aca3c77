"""What a person has agreed to."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.refusals import NotFoundError
from portal.domain.accounts.consents.models import Consent, ConsentText, Purpose
from portal.domain.accounts.consents.rules import OPTIONAL
from portal.domain.accounts.people.models import Person


def consents_of(db: Session, person: Person) -> Sequence[tuple[Consent, ConsentText]]:
    """Return all that were ever given, withdrawn ones too, oldest first."""
    rows = db.execute(
        select(Consent, ConsentText)
        .join(ConsentText, ConsentText.digest == Consent.text_digest)
        .where(Consent.person_id == person.id)
        .order_by(Consent.given_at, Consent.id)
    )
    return [(consent, text) for consent, text in rows]


def consents_to_sign_up(
    db: Session, registration_ids: Sequence[int]
) -> Sequence[tuple[Consent, ConsentText]]:
    """Return what guests agreed to when they signed up, oldest first."""
    rows = db.execute(
        select(Consent, ConsentText)
        .join(ConsentText, ConsentText.digest == Consent.text_digest)
        .where(Consent.registration_id.in_(registration_ids))
        .order_by(Consent.given_at, Consent.id)
    )
    return [(consent, text) for consent, text in rows]


def current_consent(db: Session, person: Person, purpose: Purpose) -> Consent | None:
    """Return the consent that holds now, if any."""
    return db.scalars(
        select(Consent).where(
            Consent.person_id == person.id,
            Consent.purpose == purpose.value,
            Consent.withdrawn_at.is_(None),
        )
    ).one_or_none()


def optional_purpose(name: str) -> Purpose:
    """Return a purpose given and taken back by a button; everything else is not found."""
    for purpose in OPTIONAL:
        if purpose.value == name:
            return purpose
    raise NotFoundError
