"""The only door to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from portal.domain.people.models import Identity, Person, SignInSession
from portal.sealing import seal_of
from portal.tokens import digest

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

_BY_SESSION = (
    select(Person)
    .join(SignInSession, SignInSession.person_id == Person.id)
    .where(SignInSession.digest == bindparam("digest"), SignInSession.expires_at > bindparam("now"))
)


def signed_in_person(db: Session, token: str, now: datetime) -> Person | None:
    """Whoever the session cookie's token belongs to, while the session lasts."""
    return db.scalars(_BY_SESSION, {"digest": digest(token), "now": now}).one_or_none()


def person_known_as(db: Session, issuer: str, subject: str) -> Person | None:
    """The person an identity provider means."""
    return db.scalars(
        select(Person)
        .join(Identity, Identity.person_id == Person.id)
        .where(Identity.issuer == issuer, Identity.subject == subject)
    ).one_or_none()


def identities_of(db: Session, person: Person) -> list[Identity]:
    """The person's ways in, oldest first; there is at least one."""
    return list(
        db.scalars(select(Identity).where(Identity.person_id == person.id).order_by(Identity.id))
    )


def people_with_address(db: Session, email: str) -> list[Person]:
    """Everybody whose verified address this is; for the operator's commands only."""
    index = seal_of(db).index(email)
    return list(db.scalars(select(Person).where(Person.email_index == index).order_by(Person.id)))


def name_of(db: Session, person: Person) -> str:
    """The display name, opened."""
    return seal_of(db).open(person.name_sealed, "person.name")


def address_of(db: Session, person: Person) -> str | None:
    """The verified address, opened; None where the provider gave none."""
    if person.email_sealed is None:
        return None
    return seal_of(db).open(person.email_sealed, "person.email")
