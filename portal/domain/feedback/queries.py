"""Reading answers: all of an event's, or none while there are fewer than five."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.domain.feedback import rules
from portal.domain.feedback.models import Answer
from portal.sealing import seal_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from portal.domain.events.models import Event


@dataclass(frozen=True)
class Read:
    """An answer, opened."""

    rating: int
    recommend: int
    good: str
    improve: str
    may_quote: bool
    language: str


def answers(db: Session, event: Event) -> list[Read]:
    """Every answer in random order (that of their ids); empty while there are fewer than five."""
    seal = seal_of(db)
    rows = db.scalars(select(Answer).where(Answer.event_id == event.id).order_by(Answer.id)).all()
    if len(rows) < rules.FEWEST:
        return []
    return [
        Read(
            row.rating,
            row.recommend,
            seal.open(row.good_sealed, "feedback.text") if row.good_sealed else "",
            seal.open(row.improve_sealed, "feedback.text") if row.improve_sealed else "",
            row.may_quote,
            row.language,
        )
        for row in rows
    ]
