"""People, the identities that prove who they are, and their sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class Person(Base):
    """Someone who has signed in; sealed for the purposes "person.name" and "person.email"."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    name_sealed: Mapped[bytes]
    # Only an address that the identity provider calls verified is kept.
    email_sealed: Mapped[bytes | None]
    email_index: Mapped[str | None] = mapped_column(String(64), index=True)
    language: Mapped[str] = mapped_column(String(12))
    time_zone: Mapped[str | None] = mapped_column(String(64))
    is_administrator: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class Identity(Base):
    """A way in: who a provider says somebody is. An e-mail address alone never decides it.

    `provider` is its key in the settings, "email" for the portal's own letters.
    """

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    provider: Mapped[str] = mapped_column(String(40))
    added_at: Mapped[datetime]


class SignInSession(Base):
    """A browser in which somebody is signed in; the cookie's token is kept only as its hash."""

    __tablename__ = "sign_in_sessions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
