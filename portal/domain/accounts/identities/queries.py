"""The only door to the ways in, and to links by e-mail."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.refusals import NotFoundError
from portal.core.tokens import digest
from portal.domain.accounts.identities import rules
from portal.domain.accounts.identities.models import SignInLink
from portal.domain.accounts.people.models import Identity, Person
from portal.domain.accounts.people.queries import identities_of


def own_identity(db: Session, person: Person, way: str) -> Identity:
    """Return one of the person's own ways in, by its id; everybody else's is not found."""
    for identity in identities_of(db, person):
        if str(identity.id) == way:
            return identity
    raise NotFoundError


def open_links(db: Session, browser: str, now: datetime) -> list[SignInLink]:
    """Return the links this browser asked for that are still good, locked."""
    asked = db.scalars(
        select(SignInLink)
        .where(SignInLink.browser == digest(browser), SignInLink.used_at.is_(None))
        .order_by(SignInLink.created_at)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return [link for link in asked if rules.is_open(link, now)]


def recent_emails(db: Session, email_index: str, now: datetime) -> int:
    """Return how many links an address was sent within the hour."""
    asked = select(func.count()).where(
        SignInLink.email_index == email_index, SignInLink.created_at > now - rules.EMAIL_WINDOW
    )
    return db.scalar(asked) or 0


def is_known_otherwise(db: Session, email_index: str) -> bool:
    """Return whether somebody has this verified address, but does not sign in by its emails."""
    found = select(Person.id).where(Person.email_index == email_index).limit(1)
    return db.scalar(found) is not None
