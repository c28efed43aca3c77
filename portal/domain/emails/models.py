"""The outbox."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.columns import PRIVATE, references
from portal.db.engine import Base


class EmailKind(StrEnum):
    """What an email says."""

    CONFIRM = "confirm"  # to a guest: prove the address, keep the place
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    PROMOTED = "promoted"
    REMINDER_DAY = "reminder_day"
    REMINDER_HOUR = "reminder_hour"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    FEEDBACK = "feedback"
    FEEDBACK_AGAIN = "feedback_again"


class State(StrEnum):
    """How far an email has come."""

    QUEUED = "queued"
    SENT = "sent"
    UNDELIVERED = "undelivered"
    DROPPED = "dropped"  # no longer true or wanted when its turn came


class NotificationKind(StrEnum):
    """What a notification is about."""

    INVITATION = "invitation"
    NEW_SIGN_IN = "new_sign_in"
    SECOND_FACTOR_ADDED = "second_factor_added"
    SECOND_FACTOR_RESET = "second_factor_reset"
    SIGN_IN_LINK = "sign_in_link"
    ADDRESS_CHANGED = "address_changed"  # to the old address
    ACCOUNT_CLOSED = "account_closed"
    ACCOUNT_ERASED = "account_erased"
    STILL_THERE = "still_there"
    DECISION = "decision"
    REPORT_OUTCOME = "report_outcome"
    CONTACT = "contact"
    VERIFICATION = "verification"
    OWNER_INVITED = "owner_invited"
    RESULT = "result"
    STORY_WAITING = "story_waiting"
    STORY_ACCEPTED = "story_accepted"
    STORY_RETURNED = "story_returned"
    STORY_CHANGED = "story_changed"  # to the portal's editors: pictures or translations
    COMMENTS_WAITING = "comments_waiting"
    INITIATIVE = "initiative"  # to its followers: what came of it
    QUIET = "quiet"  # to its editors: a follower asks


class Outgoing(Base):
    """What the worker needs to know of anything it sends."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(12), default=State.QUEUED.value)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    # The class of the last failure, such as "refused 550"; never the server's text, which may
    # hold the recipient's address.
    failure: Mapped[str | None] = mapped_column(String(40))


class Email(Outgoing):
    """An email about a sign-up; its text is written when it is sent.

    `occasion` tells emails of one kind apart (the start a reminder speaks of, the event's
    revision for a change), so that the same thing is never said twice.
    """

    __tablename__ = "emails"
    __table_args__ = (
        UniqueConstraint("registration_id", "kind", "occasion"),
        CheckConstraint(
            "state IN ('queued', 'sent', 'undelivered', 'dropped')", name="state_known"
        ),
        Index("ix_emails_due", "state", "due_at"),
        PRIVATE,
    )

    registration_id: Mapped[int] = references("registrations.id", index=True)
    kind: Mapped[str] = mapped_column(String(20))
    occasion: Mapped[str] = mapped_column(String(40))
    # The start a reminder speaks of; when the event moves, this one no longer counts.
    speaks_of: Mapped[datetime | None]
    payload: Mapped[dict[str, Any]]


class Notification(Outgoing):
    """An email about anything but a sign-up, to a person or to a bare address.

    What it says is sealed ("notice"; its address "notice.address"), and both are forgotten as
    soon as it has left or never will.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        CheckConstraint(
            "state IN ('queued', 'sent', 'undelivered', 'dropped')", name="state_known"
        ),
        Index("ix_notifications_due", "state", "due_at"),
        PRIVATE,
    )

    about: Mapped[str] = mapped_column(String(30))
    person_id: Mapped[int | None] = references("people.id", index=True)
    address_sealed: Mapped[bytes | None]
    language: Mapped[str] = mapped_column(String(12))
    payload_sealed: Mapped[bytes | None]
