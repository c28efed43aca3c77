"""Words that people have corrected, and words that readers found wrong."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.columns import PRIVATE
from portal.db.engine import Base


class ScriptCorrection(Base):
    """How a word is written in a script: in one item, or everywhere if no item is named."""

    __tablename__ = "script_corrections"
    __table_args__ = (
        UniqueConstraint("script", "item_kind", "item_id", "word"),
        Index("ix_script_corrections_item", "item_kind", "item_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Tag of portal.i18n.kazakh.scripts.SCRIPTS.
    script: Mapped[str] = mapped_column(String(12))
    # In Cyrillic and small letters; with an asterisk at its end whatever follows is by rule.
    word: Mapped[str] = mapped_column(String(60))
    output: Mapped[str] = mapped_column(String(80))
    # An ItemKind (portal.core.item_kinds) and its key; "" and 0 mean everywhere, since NULLs are
    # never equal.
    item_kind: Mapped[str] = mapped_column(String(12), default="")
    item_id: Mapped[int] = mapped_column(default=0)


class ScriptReport(Base):
    """A word that a reader found wrong; who that was is not kept."""

    __tablename__ = "script_reports"
    __table_args__ = PRIVATE

    id: Mapped[int] = mapped_column(primary_key=True)
    script: Mapped[str] = mapped_column(String(12))
    # As it stood on the page, and as the reader would write it.
    word: Mapped[str] = mapped_column(String(60))
    output: Mapped[str] = mapped_column(String(80))
    # The public page it stood on; "" for any other.
    page: Mapped[str] = mapped_column(String(200))
    reported_at: Mapped[datetime]
