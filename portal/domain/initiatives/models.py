"""Initiatives, who holds them, their steps, who follows them, and what these are to hear."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db.columns import PRIVATE, one_of, references
from portal.db.engine import Base
from portal.domain.events.models import Funding
from portal.domain.organizations.models import Organization
from portal.domain.publishing.publication import Publication
from portal.i18n.translated import Translated


class Stage(StrEnum):
    """How far its people say it is; that it is quiet is seen from its steps and never stored."""

    IDEA = "idea"
    PLANNED = "planned"
    RUNNING = "running"
    FINISHED = "finished"


class StepKind(StrEnum):
    """What a step is to those who wrote it down."""

    PLAN = "plan"
    NEXT_STEP = "next_step"


class Initiative(Publication, Base):
    """A line of work: what it is for, by whom, for whom, since when and who pays."""

    __tablename__ = "initiatives"
    __table_args__ = (
        one_of("stage", Stage),
        one_of("funding", Funding),
        Index("ix_initiatives_listed", "visibility", "stage", "published_at", "id"),
        Index("ix_initiatives_newest", "visibility", "published_at", "id"),
        Index("ix_initiatives_of_organization", "organization_id", "published_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    # Who founded it; others who hold it are in InitiativeHost.
    organization_id: Mapped[int] = references("organizations.id")
    stage: Mapped[str] = mapped_column(String(10), default=Stage.IDEA.value)
    since: Mapped[date | None]
    title: Mapped[Translated]
    purpose: Mapped[Translated]
    people: Mapped[Translated]
    # Whoever helps and is not on the portal.
    partners: Mapped[Translated]
    # Unknown in drafts only.
    funding: Mapped[str | None] = mapped_column(String(12))
    funding_note: Mapped[Translated]
    description: Mapped[Translated]
    # Language to sanitised HTML, derived from `description` on saving (portal.content.markdown).
    description_html: Mapped[dict[str, Any]]

    organization: Mapped[Organization] = relationship(lazy="raise")
    countries: Mapped[list["InitiativeCountry"]] = relationship(
        cascade="all, delete-orphan", lazy="raise", order_by="InitiativeCountry.country"
    )
    tags: Mapped[list["InitiativeTag"]] = relationship(
        cascade="all, delete-orphan", lazy="raise", order_by="InitiativeTag.tag"
    )


class InitiativeHost(Base):
    """An organisation asked to host an initiative; `state` is an organizations.models.HostState."""

    __tablename__ = "initiative_hosts"
    __table_args__ = (
        CheckConstraint("state IN ('invited', 'accepted', 'declined')", name="state_known"),
        # From an organisation to its initiatives.
        Index("ix_initiative_hosts_of_organization", "organization_id", "state", "initiative_id"),
    )

    initiative_id: Mapped[int] = references("initiatives.id", primary_key=True)
    organization_id: Mapped[int] = references("organizations.id", primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    invited_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class InitiativeCountry(Base):
    """A country (ISO 3166) an initiative works for."""

    __tablename__ = "initiative_countries"

    initiative_id: Mapped[int] = references("initiatives.id", primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True, index=True)


class InitiativeTag(Base):
    """One of the portal's audience tags (events.vocabulary.TAGS) on an initiative."""

    __tablename__ = "initiative_tags"

    initiative_id: Mapped[int] = references("initiatives.id", primary_key=True)
    tag: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)


class Step(Base):
    """A plan or a next step, until it is done and after."""

    __tablename__ = "initiative_steps"
    __table_args__ = (CheckConstraint("kind IN ('plan', 'next_step')", name="kind_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_id: Mapped[int] = references("initiatives.id", index=True)
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[Translated]
    # By when; nobody need know yet.
    day: Mapped[date | None]
    added_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class Follow(Base):
    """Somebody who wants to hear what comes of an initiative."""

    __tablename__ = "follows"

    initiative_id: Mapped[int] = references("initiatives.id", primary_key=True)
    person_id: Mapped[int] = references("people.id", primary_key=True, index=True)
    since: Mapped[datetime]
    # The email they were told by last: what follows soon waits for the next day, or joins it.
    notification_id: Mapped[int | None] = references(
        "notifications.id", ondelete="SET NULL", index=True
    )


class FollowerUpdate(Base):
    """News of an initiative until all its followers have been notified."""

    __tablename__ = "follower_updates"
    __table_args__ = PRIVATE

    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_id: Mapped[int] = references("initiatives.id", index=True)
    # What it came of: one of its events, or itself.
    title: Mapped[Translated]
    made_at: Mapped[datetime]
    # Followers are told in the order of their numbers, so far up to this one.
    sent_up_to: Mapped[int] = mapped_column(default=0)


class ActivityRequest(Base):
    """A follower has asked how a quiet initiative goes on; the last time counts."""

    __tablename__ = "activity_requests"
    __table_args__ = PRIVATE

    initiative_id: Mapped[int] = references("initiatives.id", primary_key=True)
    person_id: Mapped[int] = references("people.id", primary_key=True, index=True)
    asked_at: Mapped[datetime]
