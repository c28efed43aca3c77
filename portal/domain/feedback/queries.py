"""Reading answers: all of an event's, or none while there are fewer than five."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.encryption import seal_of
from portal.domain.feedback import rules
from portal.domain.feedback.models import Answer

_TEXT: Final = "feedback.text"


class Question(StrEnum):
    """What is answered in words."""

    GOOD = "good"
    IMPROVE = "improve"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many chose each number."""

    ratings: Counter[int]
    recommendations: Counter[int]

    @property
    def answers(self) -> int:
        """How many have answered."""
        return self.ratings.total()


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody wrote in answer to one question, apart from what else they said."""

    text: str
    may_quote: bool
    language: str


@dataclass(frozen=True)
class Read:
    """An answer, opened."""

    rating: int
    recommend: int
    good: str
    improve: str
    may_quote: bool
    language: str


# Which question's texts are read from which end of the random order: not side by side. By the
# event first, which is one: SQLite would else take the index of the numbers, and sort all of them.
_TEXTS: Final = {
    Question.GOOD: (Answer.good_sealed, (Answer.event_id, Answer.id)),
    Question.IMPROVE: (Answer.improve_sealed, (Answer.event_id.desc(), Answer.id.desc())),
}

_WHOLE: Final = select(
    Answer.rating,
    Answer.recommend,
    Answer.good_sealed,
    Answer.improve_sealed,
    Answer.may_quote,
    Answer.language,
)


def tally(db: Session, event_id: int) -> Tally | None:
    """Return the numbers of all answers together; None while there are fewer than five."""
    counted = Tally(Counter(), Counter())
    chosen = (Answer.rating, Answer.recommend)
    numbers = select(*chosen, func.count()).where(Answer.event_id == event_id).group_by(*chosen)
    for rating, recommend, people in db.execute(numbers):
        counted.ratings[rating] += people
        counted.recommendations[recommend] += people
    return counted if counted.answers >= rules.FEWEST else None


def texts(db: Session, event_id: int, question: Question, past: int, limit: int) -> list[Text]:
    """Return what was written, in random order, after the first `past`; of who knows the tally."""
    sealed, order = _TEXTS[question]
    seal = seal_of(db)
    written = select(sealed, Answer.may_quote, Answer.language).where(
        Answer.event_id == event_id, sealed.is_not(None)
    )
    return [
        Text(text=seal.open(text, _TEXT), may_quote=may_quote, language=language)
        for text, may_quote, language in db.execute(
            written.order_by(*order).offset(past).limit(limit)
        )
        if text is not None
    ]


def all_answers(db: Session, event_id: int) -> Iterator[Read]:
    """Return every answer in random order (that of their ids); of who knows the tally.

    Read at once, since the next pouring gives all of them other ids, and opened one by one.
    """
    seal = seal_of(db)
    rows = db.execute(_WHOLE.where(Answer.event_id == event_id).order_by(Answer.id)).all()

    def opened(sealed: bytes | None) -> str:
        return seal.open(sealed, _TEXT) if sealed else ""

    return (
        Read(rating, recommend, opened(good), opened(improve), may_quote, language)
        for rating, recommend, good, improve, may_quote, language in rows
    )
