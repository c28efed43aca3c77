"""Consents, and the exact texts they were given to."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class Purpose(StrEnum):
    """What somebody may agree to; each by itself."""

    ACCOUNT = "account"
    OTHER_EVENTS = "other_events"


class ConsentText(Base):
    """One version of a text in one language: what people read when they agreed."""

    __tablename__ = "consent_texts"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    language: Mapped[str] = mapped_column(String(12))
    text: Mapped[str]


class Consent(Base):
    """That somebody agreed to a purpose, in which words and language, and until when.

    Agreeing again after a withdrawal is a row of its own.
    """

    __tablename__ = "consents"
    __table_args__ = (
        CheckConstraint(
            f"purpose IN ({', '.join(repr(p.value) for p in Purpose)})", name="purpose_known"
        ),
        Index("ix_consents_person_id_purpose", "person_id", "purpose"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(20))
    text_digest: Mapped[str] = mapped_column(ForeignKey("consent_texts.digest"), index=True)
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
