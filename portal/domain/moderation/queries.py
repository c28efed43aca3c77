"""The only door to reports and decisions: moderators enter, unless it is about their own."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.core.tokens import digest, is_token
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.rules import may_moderate
from portal.domain.moderation.conflicts import foreign_to
from portal.domain.moderation.models import (
    Appeal,
    Decision,
    DecisionAccessToken,
    DecisionStatus,
    Measure,
    Progress,
    Report,
)
from portal.domain.moderation.target_kinds import concerned_by
from portal.domain.moderation.targets import Subject, column_of, exactly, subject_of, with_records
from portal.domain.stories.models import Comment, Story

PAGE_SIZE: Final = 50
# Of decisions, which are few.
MAX_LISTED: Final = 100


@dataclass(frozen=True)
class Case:
    """A report with what it is about."""

    report: Report
    subject: Subject


@dataclass(frozen=True)
class DecisionRecord:
    """A decision with what it is about and its appeal."""

    decision: Decision
    subject: Subject
    appeal: Appeal | None


_CASES = with_records(Report)


def queue(
    db: Session, person: Person | None, progress: Progress, page: int = 1
) -> tuple[list[Case], bool]:
    """Return a page of reports for this moderator, and whether there are more.

    The oldest first; closed ones latest first. The operator's command, which is nobody, reads
    those of everybody.
    """
    order = Report.closed_at.desc() if progress is Progress.CLOSED else Report.reported_at.asc()
    statement = _CASES.where(Report.progress == progress.value)
    if person is not None:
        statement = statement.where(foreign_to(person, Report))
    paged = statement.order_by(order, Report.id).limit(PAGE_SIZE + 1)
    rows = db.execute(paged.offset((page - 1) * PAGE_SIZE)).all()
    cases = [Case(row.Report, subject_of(row)) for row in rows[:PAGE_SIZE]]
    return cases, len(rows) > PAGE_SIZE


def case_for(db: Session, person: Person, key: str) -> Case:
    """Return a report for a moderator whom the item does not concern."""
    row = db.execute(
        _CASES.where(Report.public_id == key, foreign_to(person, Report))
    ).one_or_none()
    if row is None or not may_moderate(person):
        raise NotFoundError
    return Case(row.Report, subject_of(row))


_DECISION_RECORDS = (
    with_records(Decision)
    .add_columns(Person, Appeal)
    .outerjoin(Person, Person.id == Decision.person_id)
    .outerjoin(Appeal, Appeal.decision_id == Decision.id)
)


def _decidable_by(person: Person) -> ColumnElement[bool]:
    is_other = or_(Decision.person_id.is_(None), Decision.person_id != person.id)
    return and_(foreign_to(person, Decision), is_other)


def decision_records(
    db: Session, *conditions: ColumnElement[bool], oldest_first: bool = False
) -> list[DecisionRecord]:
    """Decisions with what they are about, the latest first unless said otherwise."""
    order = Decision.id.asc() if oldest_first else Decision.id.desc()
    statement = _DECISION_RECORDS.where(*conditions).order_by(order).limit(MAX_LISTED)
    return [
        DecisionRecord(row.Decision, subject_of(row, row.Person), row.Appeal)
        for row in db.execute(statement)
    ]


def waiting(db: Session, person: Person) -> list[DecisionRecord]:
    """Suspensions to confirm and appeals to answer, the longest waiting first."""
    unanswered = and_(Appeal.decision_id.is_not(None), Appeal.answered_at.is_(None))
    proposed = Decision.status == DecisionStatus.PROPOSED.value
    return decision_records(db, _decidable_by(person), or_(proposed, unanswered), oldest_first=True)


def decisions_about(db: Session, person: Person, subject: Subject) -> list[DecisionRecord]:
    """Earlier decisions that this moderator may read.

    All about the organisation of a case, or else about the very item.
    """
    if subject.organization is None:
        return decision_records(db, *exactly(subject), _decidable_by(person))
    behind = Decision.organization_id == subject.organization.id
    return decision_records(db, behind, _decidable_by(person))


def decision_for(db: Session, person: Person, key: str) -> DecisionRecord:
    """Return a decision for a moderator who is not concerned by it."""
    found = decision_records(db, Decision.public_id == key, _decidable_by(person))
    if not found or not may_moderate(person):
        raise NotFoundError
    return found[0]


def has_case(db: Session, person: Person, kind: ItemKind, item_id: int) -> bool:
    """Return whether a moderator judges this very item, and so sees what it shows.

    That is: a report or a decision about it, which the moderator is not concerned by. One about a
    comment or an organisation does not open the story or the events.
    """
    if not may_moderate(person):
        return False
    reported, decided = (
        exists().where(column_of(about, kind.value) == item_id, about.comment_id.is_(None), may)
        for about, may in (
            (Report, foreign_to(person, Report)),
            (Decision, _decidable_by(person)),
        )
    )
    return bool(db.scalar(select(or_(reported, decided))))


def concerning(db: Session, visitor: Person | None, key: str) -> DecisionRecord:
    """Return a decision for those it concerns, or for whoever has its email's secret."""
    if is_token(key):
        ids = select(DecisionAccessToken.decision_id).where(
            DecisionAccessToken.digest == digest(key)
        )
        found = decision_records(db, Decision.id.in_(ids))
        if found:
            return found[0]
    elif visitor is not None:
        found = decision_records(db, Decision.public_id == key)
        if found and _is_concerned(db, visitor, found[0]):
            return found[0]
    raise NotFoundError


def _is_concerned(db: Session, visitor: Person, record: DecisionRecord) -> bool:
    if record.decision.status == DecisionStatus.PROPOSED:
        return False
    return visitor.id in {person.id for person in concerned_by(db, record.subject)}


def is_a_decision(db: Session, key: str) -> bool:
    """Return whether a key is a public id, so that signing in may open it."""
    known = select(Decision.id).where(Decision.public_id == key)
    return not is_token(key) and db.scalar(known) is not None


def decision_in_force(db: Session, measure: Measure, subject: Subject) -> Decision | None:
    """Return the decision of this kind that holds or is proposed about exactly this."""
    return db.scalars(
        select(Decision)
        .where(
            Decision.measure == measure.value,
            Decision.status != DecisionStatus.REVERSED.value,
            *exactly(subject),
        )
        .order_by(Decision.id.desc())
        .limit(1)
    ).one_or_none()


def ban_of(db: Session, person: Person) -> Decision | None:
    """Return the decision that keeps somebody out."""
    return decision_in_force(db, Measure.BAN, Subject(None, None, person))


def _own(person: Person) -> ColumnElement[bool]:
    """About what somebody has written and no organisation stands behind."""
    own = select(Story.id).where(Story.author_id == person.id, Story.organization_id.is_(None))
    said = select(Comment.id).where(Comment.person_id == person.id)
    is_about_story = and_(Decision.story_id.in_(own), Decision.comment_id.is_(None))
    return or_(is_about_story, Decision.comment_id.in_(said))


def decisions_about_person(db: Session, person: Person) -> list[DecisionRecord]:
    """Return all there ever were about somebody in person or about own words, the latest first."""
    return decision_records(db, or_(Decision.person_id == person.id, _own(person)))


def in_force_about_own(db: Session, person: Person) -> list[DecisionRecord]:
    """Return those in force about somebody's own words, the latest first."""
    return decision_records(db, _own(person), Decision.status == DecisionStatus.IN_FORCE.value)


def banned_person(db: Session, key: str) -> Person:
    """Return the banned person to whoever has the secret of a ban that holds."""
    ids = select(DecisionAccessToken.decision_id).where(DecisionAccessToken.digest == digest(key))
    person = db.scalars(
        select(Person)
        .join(Decision, Decision.person_id == Person.id)
        .where(
            Decision.id.in_(ids),
            Decision.measure == Measure.BAN.value,
            Decision.status == DecisionStatus.IN_FORCE.value,
            Person.banned_at.is_not(None),
        )
        .with_for_update(of=Person)
    ).one_or_none()
    if person is None:
        raise NotFoundError
    return person


def decisions_in_force(db: Session, organization_ids: Collection[int]) -> list[DecisionRecord]:
    """Return decisions in force about organisations and their items, latest first."""
    return decision_records(
        db,
        Decision.organization_id.in_(organization_ids),
        Decision.status == DecisionStatus.IN_FORCE.value,
    )
