"""Reports, decisions, appeals, the chained log, and the operator's changes to settings."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.columns import PRIVATE, one_of, references
from portal.db.engine import Base


class TargetKind(StrEnum):
    """What an act is about."""

    EVENT = "event"
    INITIATIVE = "initiative"
    STORY = "story"
    COMMENT = "comment"
    ORGANIZATION = "organization"
    PERSON = "person"
    SETTING = "setting"


class Reason(StrEnum):
    """Why something is reported, and why the moderators act."""

    SPAM = "spam"
    FRAUD = "fraud"
    HATE = "hate"
    VIOLENCE = "violence"
    PERSONAL_DATA = "personal-data"
    MINORS = "minors"
    IMPERSONATION = "impersonation"
    FALSE = "false"
    ILLEGAL = "illegal"
    OTHER = "other"


class Progress(StrEnum):
    """How far a report has come."""

    OPEN = "open"
    CLAIMED = "claimed"
    CLOSED = "closed"


class Measure(StrEnum):
    """What moderators can do about an item."""

    HIDE = "hide"
    WARN = "warn"
    SUSPEND = "suspend"
    BAN = "ban"


class DecisionStatus(StrEnum):
    """Whether a decision holds."""

    PROPOSED = "proposed"  # waits for a second pair of eyes
    IN_FORCE = "in_force"
    REVERSED = "reversed"


class Act(StrEnum):
    """What the public log tells."""

    DISMISS = "dismiss"
    HIDE = "hide"
    RESTORE = "restore"
    WARN = "warn"
    WITHDRAW_WARNING = "withdraw-warning"
    PROPOSE_SUSPENSION = "propose-suspension"
    DECLINE_SUSPENSION = "decline-suspension"
    SUSPEND = "suspend"
    LIFT_SUSPENSION = "lift-suspension"
    BAN = "ban"
    LIFT_BAN = "lift-ban"
    UPHOLD = "appeal-refused"
    GRANT = "appeal-granted"
    GRANT_ROLE = "appoint"
    REVOKE_ROLE = "relieve"
    SETTING = "setting"
    VERIFY = "verify"
    DECLINE_VERIFICATION = "decline-verification"
    WITHDRAW_VERIFICATION = "withdraw-verification"
    END_VERIFICATION = "end-verification"
    INVITE_OWNER = "invite-owner"
    ENTER = "enter"
    CHANGE_PROFILE = "change-profile"
    WITHDRAW_INVITATION = "withdraw-invitation"
    ASK_VERIFICATION = "ask-verification"
    PROVE_DOMAIN = "prove-domain"


class Report(Base):
    """What somebody says is wrong; hides nothing by itself, and does not say who reported.

    Sealed for "report.text", "report.address" and "report.note".
    """

    __tablename__ = "reports"
    __table_args__ = (
        one_of("reason", Reason),
        one_of("progress", Progress),
        Index("ix_reports_queue", "progress", "reported_at"),
        PRIVATE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    # The organisation itself, or that of what it holds or tells; a member's own story has none.
    organization_id: Mapped[int | None] = references("organizations.id", index=True)
    event_id: Mapped[int | None] = references("events.id", index=True)
    initiative_id: Mapped[int | None] = references("initiatives.id", index=True)
    # The story itself, or that of the comment.
    story_id: Mapped[int | None] = references("stories.id", index=True)
    comment_id: Mapped[int | None] = references("comments.id", index=True)
    reason: Mapped[str] = mapped_column(String(20))
    text_sealed: Mapped[bytes | None]
    address_sealed: Mapped[bytes | None]
    language: Mapped[str] = mapped_column(String(12))
    reported_at: Mapped[datetime]
    progress: Mapped[str] = mapped_column(String(10), default=Progress.OPEN.value)
    claimed_by: Mapped[int | None] = references("people.id", ondelete="SET NULL", index=True)
    claimed_at: Mapped[datetime | None]
    note_sealed: Mapped[bytes | None]
    closed_at: Mapped[datetime | None]


class Decision(Base):
    """A measure against an item; its words to those concerned are sealed ("decision.words")."""

    __tablename__ = "decisions"
    __table_args__ = (
        one_of("measure", Measure),
        one_of("status", DecisionStatus),
        one_of("reason", Reason),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    measure: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(10))
    organization_id: Mapped[int | None] = references("organizations.id", index=True)
    event_id: Mapped[int | None] = references("events.id", index=True)
    initiative_id: Mapped[int | None] = references("initiatives.id", index=True)
    story_id: Mapped[int | None] = references("stories.id", index=True)
    comment_id: Mapped[int | None] = references("comments.id", index=True)
    person_id: Mapped[int | None] = references("people.id", index=True)
    words_sealed: Mapped[bytes | None]
    # By whom; None where the operator's command did it, or where that person has left.
    decided_by: Mapped[int | None] = references("people.id", ondelete="SET NULL", index=True)
    confirmed_by: Mapped[int | None] = references("people.id", ondelete="SET NULL", index=True)
    decided_at: Mapped[datetime]


class DecisionAccessToken(Base):
    """A secret that opens a decision for somebody who cannot sign in, kept as its hash."""

    __tablename__ = "decision_access_tokens"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    decision_id: Mapped[int] = references("decisions.id", index=True)


class Appeal(Base):
    """The one appeal against a decision; its text is sealed ("appeal.text")."""

    __tablename__ = "appeals"

    decision_id: Mapped[int] = references("decisions.id", primary_key=True)
    text_sealed: Mapped[bytes]
    language: Mapped[str] = mapped_column(String(12))
    made_at: Mapped[datetime]
    was_granted: Mapped[bool | None]
    answered_at: Mapped[datetime | None]


class LogEntry(Base):
    """A line of the public log; written once, and tied to the line before by its hash."""

    __tablename__ = "audit_log"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date]
    act: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(String(30))
    item: Mapped[str] = mapped_column(String(20))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class LogHead(Base):
    """Where the log ends: its one row is what writers queue for, and what tells a cut end."""

    __tablename__ = "audit_log_head"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class RuntimeSetting(Base):
    """A setting that administrators have changed at run time (moderation.runtime_settings)."""

    __tablename__ = "runtime_settings"

    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
