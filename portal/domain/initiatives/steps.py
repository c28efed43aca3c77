"""Writing down steps, and doing them."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.text_rules import check_texts
from portal.domain.initiatives import rules, search_and_progress
from portal.domain.initiatives.models import Initiative, Stage, Step, StepKind
from portal.domain.initiatives.queries import lock, step_of
from portal.i18n.translated import Translated


def add(
    db: Session,
    initiative: Initiative,
    kind: StepKind,
    text: Translated,
    day: date | None,
    now: datetime,
) -> Step:
    """Write a step down."""
    if not text.localized(text.original).text:
        raise rules.StepNeededError(f"text_{text.original}")
    check_texts(text, rules.LONGEST_STEP, "text")
    lock(db, initiative)
    if initiative.stage == Stage.FINISHED:
        raise rules.FinishedError
    known = select(func.count()).where(Step.initiative_id == initiative.id)
    if (db.scalar(known) or 0) >= rules.MAX_STEPS:
        raise rules.TooManyStepsError(most=rules.MAX_STEPS)
    step = Step(
        initiative_id=initiative.id, kind=kind.value, text=text, day=day, added_at=now, done_at=None
    )
    db.add(step)
    db.flush()
    search_and_progress.count(db, initiative)
    return step


def reword(db: Session, initiative: Initiative, number: int, text: Translated) -> None:
    """Say a step in other languages, done or not."""
    check_texts(text, rules.LONGEST_STEP, "text")
    step_of(db, initiative, number).text = text
    db.flush()
    search_and_progress.count(db, initiative)


def finish(db: Session, initiative: Initiative, number: int, now: datetime) -> None:
    """Mark a step as taken."""
    lock(db, initiative)
    step = step_of(db, initiative, number)
    if step.done_at is not None:
        raise rules.StepDoneError
    step.done_at = now


def remove(db: Session, initiative: Initiative, number: int) -> None:
    """Take a step off the line."""
    lock(db, initiative)
    db.delete(step_of(db, initiative, number))
    db.flush()
    search_and_progress.count(db, initiative)
