"""Events, who holds them, their tags, spoken languages and join links."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.availability import Band, band
from portal.db.columns import PRIVATE, one_of, references
from portal.db.engine import Base
from portal.db.types import WallTime
from portal.domain.organizations.models import Organization
from portal.domain.publishing.publication import Publication
from portal.i18n.translated import Translated


class AttendanceMode(StrEnum):
    """schema.org's eventAttendanceMode."""

    ONLINE = "online"
    OFFLINE = "offline"
    MIXED = "mixed"


class Status(StrEnum):
    """schema.org's eventStatus, as far as organisers need it."""

    SCHEDULED = "scheduled"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class Funding(StrEnum):
    """Who pays for an event; nobody is an answer."""

    NOBODY = "nobody"
    HOSTS = "hosts"
    PARTICIPANTS = "participants"
    SPONSOR = "sponsor"
    GRANT = "grant"
    STATE = "state"


class Event(Publication, Base):
    """One occasion: what the organiser typed (wall time, zone) and the instants derived from it."""

    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        one_of("availability", Band),
        CheckConstraint("status IN ('scheduled', 'postponed', 'cancelled')", name="status_known"),
        one_of("funding", Funding),
        # What everybody's lists are read from, without touching the table.
        Index(
            "ix_events_listed",
            *("visibility", "starts_at", "id", "ends_at", "published_at", "organization_id"),
            "status",
        ),
        Index("ix_events_newest", "visibility", "published_at", "id"),
        # And what an organisation's people look through, who may hold a hundred a month.
        Index(
            "ix_events_of_organization",
            *("organization_id", "starts_at", "id", "ends_at", "published_at", "visibility"),
            "status",
        ),
        # With the visibility, or SQLite reads the list of all instead.
        Index("ix_events_of_initiative", "initiative_id", "visibility", "starts_at"),
        # What the worker looks for every few seconds: what starts or has ended lately.
        Index("ix_events_starting", "status", "starts_at"),
        Index("ix_events_ended", "status", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    # iCalendar: UID never changes, SEQUENCE rises with every change that calendars must notice.
    uid: Mapped[str] = mapped_column(String(120), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    # Who founded it; others who hold it are in EventHost.
    organization_id: Mapped[int] = references("organizations.id")
    # The line of work it belongs to; initiatives stand above events, so only by the table's name.
    initiative_id: Mapped[int | None] = references("initiatives.id", ondelete="SET NULL")
    title: Mapped[Translated]
    summary: Mapped[Translated]
    venue: Mapped[Translated]
    attendance_mode: Mapped[str] = mapped_column(String(10))
    starts_wall: Mapped[datetime] = mapped_column(WallTime)
    ends_wall: Mapped[datetime] = mapped_column(WallTime)
    time_zone: Mapped[str] = mapped_column(String(64))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    # What everybody may know of its seats; `capacity` and `taken` below keep it true.
    availability: Mapped[str] = mapped_column(String(9), default=Band.UNLIMITED.value)
    status: Mapped[str] = mapped_column(String(12), default=Status.SCHEDULED.value)
    # Unknown in drafts only.
    funding: Mapped[str | None] = mapped_column(String(12))
    funding_note: Mapped[Translated]
    # The long texts stand last, so that lists need not read past them to reach the other columns.
    description: Mapped[Translated] = mapped_column(sort_order=1)
    # Language to sanitised HTML, derived from `description` on saving (portal.content.markdown).
    description_html: Mapped[dict[str, Any]] = mapped_column(sort_order=1)

    seats: Mapped["EventSeats"] = relationship(cascade="all, delete-orphan")
    organization: Mapped[Organization] = relationship(lazy="raise")
    tags: Mapped[list["EventTag"]] = relationship(
        cascade="all, delete-orphan", lazy="raise", order_by="EventTag.tag"
    )
    languages: Mapped[list["EventLanguage"]] = relationship(
        cascade="all, delete-orphan", lazy="raise", order_by="EventLanguage.position"
    )
    join_links: Mapped[list["JoinLink"]] = relationship(
        cascade="all, delete-orphan", lazy="raise", order_by="JoinLink.position"
    )

    @property
    def capacity(self) -> int | None:
        """How many seats there are; None for no limit."""
        return self.seats.capacity

    @capacity.setter
    def capacity(self, seats: int | None) -> None:
        self.seats.capacity = seats
        self.availability = band(seats, self.seats.taken).value

    @property
    def taken(self) -> int:
        """How many seats are somebody's."""
        return self.seats.taken

    @taken.setter
    def taken(self, seats: int) -> None:
        self.seats.taken = seats
        self.availability = band(self.seats.capacity, seats).value


class EventSeats(Base):
    """The seats of an event, which every sign-up writes and no public page reads."""

    __tablename__ = "event_seats"
    __table_args__ = (
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity_positive"),
        # The backstop of the promise that no seat is given twice.
        CheckConstraint(
            "taken >= 0 AND (capacity IS NULL OR taken <= capacity)", name="never_oversold"
        ),
        PRIVATE,
    )

    event_id: Mapped[int] = references("events.id", primary_key=True)
    capacity: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    last_queue_number: Mapped[int] = mapped_column(default=0)


class EventHost(Base):
    """An organisation asked to hold an event together with the one that founded it."""

    __tablename__ = "event_hosts"
    __table_args__ = (
        CheckConstraint("state IN ('invited', 'accepted', 'declined')", name="state_known"),
        # From an organisation to its events.
        Index("ix_event_hosts_of_organization", "organization_id", "state", "event_id"),
    )

    event_id: Mapped[int] = references("events.id", primary_key=True)
    organization_id: Mapped[int] = references("organizations.id", primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    invited_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class EventTag(Base):
    """One of the portal's audience tags (events.vocabulary.TAGS) on an event."""

    __tablename__ = "event_tags"

    event_id: Mapped[int] = references("events.id", primary_key=True)
    tag: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)


class EventLanguage(Base):
    """A language spoken at an event (BCP 47), the main one first."""

    __tablename__ = "event_languages"

    event_id: Mapped[int] = references("events.id", primary_key=True)
    language: Mapped[str] = mapped_column(String(12), primary_key=True, index=True)
    position: Mapped[int]


class JoinLink(Base):
    """An address of the online room, shown behind a pass only, and a remark on where it works."""

    __tablename__ = "join_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = references("events.id", index=True)
    position: Mapped[int]
    url: Mapped[str] = mapped_column(Text)
    remark: Mapped[Translated]
