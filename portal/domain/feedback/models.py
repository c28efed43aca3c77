"""Answers on their way (the box) and answers to read, neither joined to anybody.

The receipt is `Registration.has_answered`. An answer is first dropped, sealed whole, into the box;
when enough lie there, all answers of the event are written anew in random order by one
transaction. So no time, order, row id or transaction id leads from an answer to a receipt.
"""

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.columns import PRIVATE, references
from portal.db.engine import Base


class SealedAnswer(Base):
    """A sealed answer waiting until it can be mixed with others (purpose "feedback.box")."""

    __tablename__ = "sealed_answers"
    __table_args__ = {**PRIVATE, "sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    event_id: Mapped[int] = references("events.id", index=True)
    sealed: Mapped[bytes]


class Answer(Base):
    """One person's answers to the standard form; free texts sealed (purpose "feedback.text")."""

    __tablename__ = "feedback_answers"
    __table_args__ = (
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating_in_scale"),
        CheckConstraint("recommend BETWEEN 0 AND 10", name="recommend_in_scale"),
        # What numbers are counted from, without a look at the texts.
        Index("ix_feedback_answers_numbers", "event_id", "rating", "recommend"),
        {**PRIVATE, "sqlite_with_rowid": False},
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    event_id: Mapped[int] = references("events.id", index=True)
    rating: Mapped[int]
    recommend: Mapped[int]
    good_sealed: Mapped[bytes | None]
    improve_sealed: Mapped[bytes | None]
    may_quote: Mapped[bool]
    language: Mapped[str] = mapped_column(String(12))
