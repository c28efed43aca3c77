"""Counts of paragraphs by state, readers' requests, and links handed out to volunteers."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.columns import PRIVATE, references
from portal.db.engine import Base


class TranslationProgress(Base):
    """How far one item is translated into one language: its paragraphs, counted by state.

    Derived from the texts in the transaction that writes them; `portal recount-translations`
    derives it anew. In the original language all paragraphs count as translated.
    """

    __tablename__ = "translation_progress"
    __table_args__ = (
        CheckConstraint(
            "translated >= 0 AND drafts >= 0 AND outdated >= 0 AND missing >= 0",
            name="counts_positive",
        ),
    )

    item_kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    item_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    language: Mapped[str] = mapped_column(String(12), primary_key=True)
    is_original: Mapped[bool]
    translated: Mapped[int]
    drafts: Mapped[int]
    outdated: Mapped[int]
    missing: Mapped[int]


class TranslationRequest(Base):
    """A request to read an item in a language; `asker` is a keyed hash."""

    __tablename__ = "translation_requests"
    __table_args__ = PRIVATE

    item_kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    item_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    language: Mapped[str] = mapped_column(String(12), primary_key=True)
    asker: Mapped[str] = mapped_column(String(64), primary_key=True)
    asked_at: Mapped[datetime]


class TranslationLink(Base):
    """A link that lets whoever has it translate one item into one language, and nothing else."""

    __tablename__ = "translation_links"
    __table_args__ = (Index("ix_translation_links_item", "item_kind", "item_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    item_kind: Mapped[str] = mapped_column(String(20))
    item_id: Mapped[int]
    language: Mapped[str] = mapped_column(String(12))
    made_by: Mapped[int | None] = references("people.id", ondelete="SET NULL", index=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    withdrawn_at: Mapped[datetime | None]
