"""Decisions as those see them in a list whom they concern."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.domain.events.models import Event
from portal.domain.moderation.models import Appeal, Decision, DecisionKey, Measure, Standing
from portal.domain.moderation.queries import Ruling, Subject
from portal.domain.organizations.models import Organization
from portal.domain.people.models import Person
from portal.refusals import NotFoundError
from portal.tokens import digest

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session


def rulings_about_person(db: Session, person: Person) -> list[Ruling]:
    """All there ever were about somebody in person, the latest first."""
    rows = db.execute(
        select(Decision, Appeal)
        .outerjoin(Appeal, Appeal.decision_id == Decision.id)
        .where(Decision.person_id == person.id)
        .order_by(Decision.id.desc())
    )
    return [Ruling(decision, Subject(None, None, person), appeal) for decision, appeal in rows]


def banned_person(db: Session, key: str) -> Person:
    """The door for whoever has the secret of a ban that holds: the one whom it keeps out."""
    held = select(DecisionKey.decision_id).where(DecisionKey.digest == digest(key))
    person = db.scalars(
        select(Person)
        .join(Decision, Decision.person_id == Person.id)
        .where(
            Decision.id.in_(held),
            Decision.measure == Measure.BAN.value,
            Decision.standing == Standing.STANDING.value,
            Person.banned_at.is_not(None),
        )
        .with_for_update(of=Person)
    ).one_or_none()
    if person is None:
        raise NotFoundError
    return person


def standing_rulings(db: Session, organization_ids: Collection[int]) -> list[Ruling]:
    """Those in force about some organisations or their events, the latest first.

    For who edits there; a proposal is no news before a second person has looked at it.
    """
    rows = db.execute(
        select(Decision, Organization, Event, Appeal)
        .join(Organization, Organization.id == Decision.organization_id)
        .outerjoin(Event, Event.id == Decision.event_id)
        .outerjoin(Appeal, Appeal.decision_id == Decision.id)
        .where(
            Decision.organization_id.in_(organization_ids),
            Decision.standing == Standing.STANDING.value,
        )
        .order_by(Decision.id.desc())
    )
    return [
        Ruling(decision, Subject(organization, event), appeal)
        for decision, organization, event, appeal in rows
    ]
