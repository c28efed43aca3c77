"""A place at an event, or in the line for one, and the links that open its pass."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import tokens
from portal.db.columns import PRIVATE, references
from portal.db.engine import Base


class Status(StrEnum):
    """iCalendar-like state of a sign-up."""

    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    CANCELLED = "cancelled"


# Whose participant can still be told.
KNOWN = "person_id IS NOT NULL OR email_index IS NOT NULL"
# A place that ran out keeps the end of its hold, and is nobody's.
HELD = "held_until IS NOT NULL AND status <> 'cancelled'"


class Registration(Base):
    """One person's sign-up: a member's (person_id) or a guest's (sealed name and address).

    A guest's sign-up is *held* until the address is proved: `held_until` is set, and the place or
    the place in line is theirs until then. `has_answered` is the receipt for feedback; nothing
    leads from it to the answer.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        UniqueConstraint("event_id", "person_id"),
        UniqueConstraint("event_id", "email_index"),
        CheckConstraint("status IN ('confirmed', 'waitlisted', 'cancelled')", name="status_known"),
        Index("ix_registrations_line", "event_id", "status", "queue_number"),
        Index("ix_registrations_order", "event_id", "queue_number"),
        # Small ones: holds that run out, and names still to be forgotten.
        Index(
            "ix_registrations_held",
            "held_until",
            sqlite_where=text(HELD),
            postgresql_where=text(HELD),
        ),
        Index(
            "ix_registrations_known",
            "event_id",
            sqlite_where=text(KNOWN),
            postgresql_where=text(KNOWN),
        ),
        PRIVATE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Tells rows apart that are written together, so that one statement writes them.
    public_id: Mapped[str] = mapped_column(
        String(22), unique=True, default=tokens.new_public_id, insert_sentinel=True
    )
    event_id: Mapped[int] = references("events.id")
    person_id: Mapped[int | None] = references("people.id", index=True)
    name_sealed: Mapped[bytes | None]
    email_sealed: Mapped[bytes | None]
    email_index: Mapped[str | None] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(12))
    time_zone: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(12))
    queue_number: Mapped[int]
    registered_at: Mapped[datetime]
    held_until: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    attended_at: Mapped[datetime | None]
    wants_reminders: Mapped[bool] = mapped_column(default=True)
    # A guest's wish; a member's stands in the profile.
    is_discreet: Mapped[bool] = mapped_column(default=False)
    has_answered: Mapped[bool] = mapped_column(default=False)


class ParticipantExport(Base):
    """That somebody took the list of an event's participants along as a file, and of how many.

    What has left the portal cannot be called back, but those who hold the event can see who has it.
    """

    __tablename__ = "participant_exports"
    __table_args__ = PRIVATE

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = references("events.id", index=True)
    # Nobody gets rid of what they took by closing their account.
    person_id: Mapped[int | None] = references("people.id", ondelete="SET NULL", index=True)
    exported_at: Mapped[datetime] = mapped_column(index=True)
    form: Mapped[str] = mapped_column(String(4))
    people: Mapped[int]


class PassToken(Base):
    """The secret in an email's link to a pass, kept as its hash."""

    __tablename__ = "pass_tokens"
    __table_args__ = PRIVATE

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    registration_id: Mapped[int] = references("registrations.id", index=True)
