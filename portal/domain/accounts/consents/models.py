"""Consents, and the exact texts they were given to."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.columns import PRIVATE, one_of, references
from portal.db.engine import Base


class Purpose(StrEnum):
    """What somebody may agree to; each by itself."""

    ACCOUNT = "account"
    OTHER_EVENTS = "other_events"
    SIGN_UP = "sign_up"  # a guest's, to what is kept of one sign-up


class ConsentText(Base):
    """One version of a text in one language: what people read when they agreed."""

    __tablename__ = "consent_texts"
    __table_args__ = PRIVATE

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    language: Mapped[str] = mapped_column(String(12))
    text: Mapped[str]


class Consent(Base):
    """That somebody agreed to a purpose, in which words and language, and until when.

    Somebody is a person, or the guest of one sign-up, with whose traces it goes. Agreeing again
    after a withdrawal is a row of its own.
    """

    __tablename__ = "consents"
    __table_args__ = (
        one_of("purpose", Purpose),
        CheckConstraint("(person_id IS NULL) <> (registration_id IS NULL)", name="of_one"),
        Index("ix_consents_person_id_purpose", "person_id", "purpose"),
        PRIVATE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = references("people.id")
    registration_id: Mapped[int | None] = references("registrations.id", index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    text_digest: Mapped[str] = mapped_column(ForeignKey("consent_texts.digest"), index=True)
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
