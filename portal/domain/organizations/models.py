"""Organisations, memberships and invitations."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base
from portal.translated import Translated


class Role(StrEnum):
    """What a person may do for an organisation."""

    OWNER = "owner"
    EDITOR = "editor"
    ANALYST = "analyst"


class Kind(StrEnum):
    """What an organisation is."""

    NGO = "ngo"
    ETHNOCULTURAL = "ethnocultural"
    DIASPORA = "diaspora"
    UNIVERSITY = "university"
    EMBASSY = "embassy"
    STATE = "state"
    MEDIA = "media"
    INFORMAL = "informal"


class Organization(Base):
    """Who stands behind events."""

    __tablename__ = "organizations"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(k.value) for k in Kind)})", name="kind_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[Translated]
    description: Mapped[Translated]
    kind: Mapped[str] = mapped_column(String(20))
    city: Mapped[str] = mapped_column(String(80))
    country: Mapped[str] = mapped_column(String(2))
    time_zone: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    # Since when its events are hidden and its people may neither publish nor invite.
    suspended_at: Mapped[datetime | None]


class Membership(Base):
    """A person's role in an organisation; read afresh on every request."""

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint(f"role IN ({', '.join(repr(r.value) for r in Role)})", name="role_known"),
    )

    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime]


class Invitation(Base):
    """A link, good for one person and one time, into a role of one organisation."""

    __tablename__ = "invitations"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[str] = mapped_column(String(20))
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
