"""The only door to people."""

from datetime import datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, contains_eager

from portal.core.encryption import seal_of
from portal.core.refusals import NotFoundError
from portal.core.tokens import digest
from portal.domain.accounts.people.models import Ban, Identity, Person, SignInSession

_BY_TOKEN = (
    select(SignInSession)
    .join(SignInSession.person)
    .options(contains_eager(SignInSession.person))
    .where(
        SignInSession.digest == bindparam("digest"),
        SignInSession.expires_at > bindparam("now"),
        Person.banned_at.is_(None),
    )
)


def session_with(db: Session, token: str, now: datetime) -> SignInSession | None:
    """Return the session that the cookie's token opens, with its person, while it lasts."""
    return db.scalars(_BY_TOKEN, {"digest": digest(token), "now": now}).one_or_none()


def sessions_of(db: Session, person: Person, now: datetime) -> list[SignInSession]:
    """Return where somebody is signed in, the newest first."""
    return list(
        db.scalars(
            select(SignInSession)
            .where(SignInSession.person_id == person.id, SignInSession.expires_at > now)
            .order_by(SignInSession.started_at.desc(), SignInSession.id.desc())
        )
    )


def own_session(db: Session, person: Person, public_id: str, now: datetime) -> SignInSession:
    """Return a session of this person; everybody else's is not found."""
    for session in sessions_of(db, person, now):
        if session.public_id == public_id:
            return session
    raise NotFoundError


def person_known_as(db: Session, issuer: str, subject: str) -> Person | None:
    """Return the person an identity provider means."""
    return db.scalars(
        select(Person)
        .join(Identity, Identity.person_id == Person.id)
        .where(Identity.issuer == issuer, Identity.subject == subject)
    ).one_or_none()


def identity_digest(db: Session, issuer: str, subject: str) -> str:
    """Return what is kept of an identity whose person is gone."""
    return seal_of(db).fingerprint(f"{issuer}\0{subject}", "banned identity")


def is_banned_identity(db: Session, issuer: str, subject: str) -> bool:
    """Return whether it belonged to a banned account that was deleted."""
    return db.get(Ban, identity_digest(db, issuer, subject)) is not None


def identities_of(db: Session, person: Person) -> list[Identity]:
    """Return the person's ways in, oldest first; there is at least one."""
    return list(
        db.scalars(select(Identity).where(Identity.person_id == person.id).order_by(Identity.id))
    )


def people_with_address(db: Session, email: str) -> list[Person]:
    """Everybody whose verified address this is; for the operator and administrators only."""
    index = seal_of(db).index(email)
    return list(db.scalars(select(Person).where(Person.email_index == index).order_by(Person.id)))


def portal_editors(db: Session) -> list[Person]:
    """Return who edits what members write for the portal: moderators and administrators."""
    return list(
        db.scalars(
            select(Person)
            .where(
                or_(Person.is_moderator, Person.is_administrator),
                Person.banned_at.is_(None),
                Person.closed_at.is_(None),
            )
            .order_by(Person.id)
        )
    )


def name_of(db: Session, person: Person) -> str:
    """Return the display name, opened."""
    return seal_of(db).open(person.name_sealed, "person.name")


def city_of(db: Session, person: Person) -> str | None:
    """Return the city, opened."""
    return seal_of(db).open(person.city_sealed, "person.city") if person.city_sealed else None


def address_of(db: Session, person: Person) -> str | None:
    """Return the verified address, opened; None where the provider gave none."""
    if person.email_sealed is None:
        return None
    return seal_of(db).open(person.email_sealed, "person.email")
