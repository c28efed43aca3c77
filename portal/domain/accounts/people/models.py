"""People, the identities that prove who they are, and their sessions."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db.columns import PRIVATE, references
from portal.db.engine import Base


class Person(Base):
    """Someone who has signed in.

    Sealed for the purposes "person.name", "person.email" and "person.city". An account that is
    closed is hidden everywhere, and erased when its time to come back is over.
    """

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    name_sealed: Mapped[bytes]
    # Only an address that the identity provider calls verified is kept.
    email_sealed: Mapped[bytes | None]
    email_index: Mapped[str | None] = mapped_column(String(64), index=True)
    language: Mapped[str] = mapped_column(String(12))
    time_zone: Mapped[str | None] = mapped_column(String(64))
    country: Mapped[str | None] = mapped_column(String(2))  # ISO 3166-1
    city_sealed: Mapped[bytes | None]
    spoken: Mapped[list[Any]] = mapped_column(JSON, default=list)  # BCP 47
    interests: Mapped[list[Any]] = mapped_column(JSON, default=list)
    is_discreet: Mapped[bool] = mapped_column(default=False)
    is_administrator: Mapped[bool] = mapped_column(default=False)
    is_moderator: Mapped[bool] = mapped_column(default=False)
    # Since when this person may not sign in; why is the moderators' (moderation.models.Decision).
    banned_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    # The day of the last sign-in; no hour, since nobody needs to know it.
    last_seen_at: Mapped[datetime] = mapped_column(index=True)
    # When we last asked somebody long unseen whether the account is still wanted.
    asked_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)


class Identity(Base):
    """A way to sign in: an issuer's subject; `provider` is its key in the settings, or "email"."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"), PRIVATE)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = references("people.id", index=True)
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    provider: Mapped[str] = mapped_column(String(40))
    added_at: Mapped[datetime]


class Ban(Base):
    """A way in of a banned account that was deleted: only its keyed hash, to know it again by."""

    __tablename__ = "bans"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)


class SignInSession(Base):
    """A browser in which somebody is signed in; the cookie's token is kept only as its hash.

    `browser` is as coarse as "Firefox, Android", and `acted_at` is no more exact than an hour:
    enough to know one's own again, too little to be told apart by.
    """

    __tablename__ = "sign_in_sessions"
    __table_args__ = PRIVATE

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    person_id: Mapped[int] = references("people.id", index=True)
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    # Which provider or other way somebody came in by; empty where there is only one.
    way: Mapped[str] = mapped_column(String(40))
    browser: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime]
    # The last time a form was sent: pages that are only read write nothing.
    acted_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    second_factor_at: Mapped[datetime | None]
