"""The only door to reports and decisions: moderators enter, unless it is about their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from portal.domain.events.models import Event
from portal.domain.events.queries import event_for
from portal.domain.moderation.models import (
    Appeal,
    Decision,
    DecisionKey,
    Item,
    Measure,
    Progress,
    Report,
    Standing,
)
from portal.domain.organizations.models import Membership, Organization
from portal.domain.organizations.queries import organization_named, role_of
from portal.domain.organizations.rules import may_edit
from portal.domain.people.models import Person
from portal.domain.people.rules import may_moderate
from portal.refusals import NotFoundError
from portal.tokens import digest

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute, Session

    from portal.translated import Translated

TOKEN_LENGTH = 43
MOST_LISTED = 100


@dataclass(frozen=True)
class Subject:
    """What a report or a decision is about; the person is told only where it is one."""

    organization: Organization | None
    event: Event | None = None
    person: Person | None = None

    @property
    def kind(self) -> Item:
        """The kind, as the public log has it."""
        if self.person is not None:
            return Item.PERSON
        return Item.EVENT if self.event is not None else Item.ORGANIZATION

    @property
    def title(self) -> Translated | None:
        """What it is called; None for a person."""
        if self.person is not None:
            return None
        if self.event is not None:
            return self.event.title
        return self.organization.name if self.organization else None


@dataclass(frozen=True)
class Case:
    """A report with what it is about."""

    report: Report
    subject: Subject


@dataclass(frozen=True)
class Ruling:
    """A decision with what it is about and its appeal."""

    decision: Decision
    subject: Subject
    appeal: Appeal | None


def item_named(db: Session, visitor: Person | None, item: str) -> Subject:
    """What `event:SLUG` or `organization:SLUG` names, if this visitor can see it."""
    kind, _colon, slug = item.partition(":")
    if kind == Item.EVENT:
        event = event_for(db, visitor, slug)
        return Subject(db.get_one(Organization, event.organization_id), event)
    if kind == Item.ORGANIZATION:
        return Subject(organization_named(db, slug))
    raise NotFoundError


def _not_of(person: Person, organization: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Leaves out what concerns the person's own organisations: nobody reads reports on oneself."""
    mine = select(Membership.organization_id).where(Membership.person_id == person.id)
    return organization.not_in(mine)


def queue(db: Session, person: Person, progress: Progress) -> list[Case]:
    """Reports for this moderator, oldest first; closed ones latest first."""
    order = Report.closed_at.desc() if progress is Progress.CLOSED else Report.reported_at.asc()
    rows = db.execute(
        select(Report, Organization, Event)
        .join(Organization, Organization.id == Report.organization_id)
        .outerjoin(Event, Event.id == Report.event_id)
        .where(Report.progress == progress.value, _not_of(person, Organization.id))
        .order_by(order, Report.id)
        .limit(MOST_LISTED)
    )
    return [Case(report, Subject(organization, event)) for report, organization, event in rows]


def case_for(db: Session, person: Person, key: str) -> Case:
    """A report for a moderator who does not belong to the organisation."""
    row = db.execute(
        select(Report, Organization, Event)
        .join(Organization, Organization.id == Report.organization_id)
        .outerjoin(Event, Event.id == Report.event_id)
        .where(Report.public_id == key, _not_of(person, Organization.id))
    ).one_or_none()
    if row is None or not may_moderate(person):
        raise NotFoundError
    return Case(row[0], Subject(row[1], row[2]))


_RULINGS = (
    select(Decision, Organization, Event, Person, Appeal)
    .outerjoin(Organization, Organization.id == Decision.organization_id)
    .outerjoin(Event, Event.id == Decision.event_id)
    .outerjoin(Person, Person.id == Decision.person_id)
    .outerjoin(Appeal, Appeal.decision_id == Decision.id)
)


def _decidable_by(person: Person) -> ColumnElement[bool]:
    foreign = or_(Decision.organization_id.is_(None), _not_of(person, Organization.id))
    return and_(foreign, or_(Decision.person_id.is_(None), Decision.person_id != person.id))


def _rulings(db: Session, *conditions: ColumnElement[bool]) -> list[Ruling]:
    statement = _RULINGS.where(*conditions).order_by(Decision.id.desc()).limit(MOST_LISTED)
    return [
        Ruling(decision, Subject(organization, event, person), appeal)
        for decision, organization, event, person, appeal in db.execute(statement)
    ]


def waiting(db: Session, person: Person) -> list[Ruling]:
    """Suspensions to confirm and appeals to answer."""
    unanswered = and_(Appeal.decision_id.is_not(None), Appeal.answered_at.is_(None))
    proposed = Decision.standing == Standing.PROPOSED.value
    return _rulings(db, _decidable_by(person), or_(proposed, unanswered))


def rulings_about(db: Session, subject: Subject) -> list[Ruling]:
    """All decisions about the organisation of a case."""
    if subject.organization is None:
        return []
    return _rulings(db, Decision.organization_id == subject.organization.id)


def ruling_for(db: Session, person: Person, key: str) -> Ruling:
    """A decision for a moderator who is not concerned by it."""
    found = _rulings(db, Decision.public_id == key, _decidable_by(person))
    if not found or not may_moderate(person):
        raise NotFoundError
    return found[0]


def concerning(db: Session, visitor: Person | None, key: str) -> Ruling:
    """A decision for those concerned: the person, or who edits for the organisation.

    A letter's secret opens it for whoever has it, since the banned cannot sign in.
    """
    if len(key) == TOKEN_LENGTH:
        held = select(DecisionKey.decision_id).where(DecisionKey.digest == digest(key))
        found = _rulings(db, Decision.id.in_(held))
        if found:
            return found[0]
    elif visitor is not None:
        found = _rulings(db, Decision.public_id == key)
        if found and _is_concerned(db, visitor, found[0]):
            return found[0]
    raise NotFoundError


def _is_concerned(db: Session, visitor: Person, ruling: Ruling) -> bool:
    decision = ruling.decision
    if decision.standing == Standing.PROPOSED:
        return False
    if decision.person_id is not None:
        return decision.person_id == visitor.id
    return decision.organization_id is not None and may_edit(
        role_of(db, visitor, decision.organization_id)
    )


def is_a_decision(db: Session, key: str) -> bool:
    """Whether a key is a public id, so that signing in may open it."""
    known = select(Decision.id).where(Decision.public_id == key)
    return len(key) != TOKEN_LENGTH and db.scalar(known) is not None


def standing_decision(db: Session, measure: Measure, subject: Subject) -> Decision | None:
    """The decision of this kind that holds or is proposed about exactly this."""
    return db.scalars(
        select(Decision)
        .where(
            Decision.measure == measure.value,
            Decision.standing != Standing.REVERSED.value,
            _same(Decision.event_id, subject.event),
            _same(Decision.organization_id, subject.organization),
            _same(Decision.person_id, subject.person),
        )
        .order_by(Decision.id.desc())
        .limit(1)
    ).one_or_none()


def _same(
    column: InstrumentedAttribute[int | None], record: Event | Organization | Person | None
) -> ColumnElement[bool]:
    return column.is_(None) if record is None else column == record.id


def ban_of(db: Session, person: Person) -> Decision | None:
    """The decision that keeps somebody out."""
    return standing_decision(db, Measure.BAN, Subject(None, None, person))
