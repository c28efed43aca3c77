"""Giving feedback, and mixing it so that no answer leads to a person."""

import json
import random
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.core import tokens
from portal.core.encryption import seal_of
from portal.core.text_rules import check_text
from portal.domain.events.models import Event
from portal.domain.events.queries import lock, lock_by_id
from portal.domain.feedback import rules
from portal.domain.feedback.models import Answer, SealedAnswer
from portal.domain.registrations.queries import Pass
from portal.domain.registrations.rules import FEEDBACK_CLOSES_AFTER, check_can_answer

_shuffle = random.SystemRandom().shuffle


@dataclass(frozen=True)
class Given:
    """One person's answers to the standard form."""

    rating: int
    recommend: int
    good: str
    improve: str
    may_quote: bool
    language: str


def submit(db: Session, own_pass: Pass, given: Given, now: datetime) -> None:
    """Mark the receipt and drop the sealed answer into the box. A second answer is refused.

    What this one transaction writes could be joined by its id while the answer is in the box,
    but in the box it is sealed, and it leaves by another transaction among others.
    """
    lock(db, own_pass.event)
    db.refresh(own_pass.registration)
    check_can_answer(own_pass.event, own_pass.registration, now)
    check_text(given.good, rules.LONGEST_TEXT, "good", one_line=False)
    check_text(given.improve, rules.LONGEST_TEXT, "improve", one_line=False)
    own_pass.registration.has_answered = True
    sealed = seal_of(db).close(json.dumps(asdict(given), ensure_ascii=False), "feedback.box")
    db.add(SealedAnswer(id=tokens.new_public_id(), event_id=own_pass.event.id, sealed=sealed))


def boxes(db: Session) -> list[int]:
    """Events with answers in the box."""
    return list(db.scalars(select(SealedAnswer.event_id).distinct()))


def empty_box(db: Session, event_id: int, now: datetime) -> bool:
    """Pour an event's box into its answers if the rules allow; all are written anew, shuffled.

    Since old and new answers get new random ids in one transaction, neither the order of rows
    nor PostgreSQL's transaction ids tell which came when.
    """
    event: Event = lock_by_id(db, event_id)
    boxed = db.scalars(select(SealedAnswer.sealed).where(SealedAnswer.event_id == event_id)).all()
    published = db.scalar(select(func.count()).where(Answer.event_id == event_id)) or 0
    is_closed = now >= event.ends_at + FEEDBACK_CLOSES_AFTER
    if not rules.may_empty_box(len(boxed), published, is_closed=is_closed):
        return False
    seal = seal_of(db)
    rows = [
        Answer(
            event_id=event_id,
            rating=old.rating,
            recommend=old.recommend,
            good_sealed=old.good_sealed,
            improve_sealed=old.improve_sealed,
            may_quote=old.may_quote,
            language=old.language,
        )
        for old in db.scalars(select(Answer).where(Answer.event_id == event_id))
    ]
    for sealed in boxed:
        given = Given(**json.loads(seal.open(sealed, "feedback.box")))
        rows.append(
            Answer(
                event_id=event_id,
                rating=given.rating,
                recommend=given.recommend,
                good_sealed=seal.close(given.good, "feedback.text") if given.good else None,
                improve_sealed=seal.close(given.improve, "feedback.text")
                if given.improve
                else None,
                may_quote=given.may_quote,
                language=given.language,
            )
        )
    db.execute(delete(Answer).where(Answer.event_id == event_id))
    db.execute(delete(SealedAnswer).where(SealedAnswer.event_id == event_id))
    db.expunge_all()
    _shuffle(rows)
    for row in rows:
        row.id = tokens.new_public_id()
    db.add_all(rows)
    return True
