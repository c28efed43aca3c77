"""Public results, and whether anybody has been asked for one."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.columns import PRIVATE
from portal.db.engine import Base
from portal.i18n.translated import Translated


class Result(Base):
    """Three answers about an item that is over; seen by whoever sees the item."""

    __tablename__ = "results"
    __table_args__ = (
        CheckConstraint("took_part IS NULL OR took_part >= 5", name="five_or_more"),
        # Of all kinds, and of one.
        Index("ix_results_newest", "published_at", "item_kind", "item_id"),
        Index("ix_results_newest_of_kind", "item_kind", "published_at", "item_id"),
    )

    # portal.core.item_kinds.ItemKind and the id of the item itself.
    item_kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    item_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    happened: Mapped[Translated]
    reached: Mapped[Translated]
    next_steps: Mapped[Translated]
    # A round number that is not above the true one (results.rules.round_down); never below five.
    took_part: Mapped[int | None]
    published_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    # Rises with every save; tells an editor that somebody else was faster.
    revision: Mapped[int]


class ResultReminder(Base):
    """The organisers of an item have been asked for its result, which happens once."""

    __tablename__ = "result_reminders"
    __table_args__ = PRIVATE

    item_kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    item_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    asked_at: Mapped[datetime]
