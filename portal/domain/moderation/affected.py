"""Decisions as those see them in a list whom they concern."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from portal.core.refusals import NotFoundError
from portal.core.tokens import digest
from portal.domain.accounts.people.models import Person
from portal.domain.moderation.models import Decision, DecisionKey, Measure, Standing
from portal.domain.moderation.queries import Ruling, rulings_where
from portal.domain.stories.models import Comment, Story


def _own(person: Person) -> ColumnElement[bool]:
    """About what somebody has written and no organisation stands behind."""
    own = select(Story.id).where(Story.author_id == person.id, Story.organization_id.is_(None))
    said = select(Comment.id).where(Comment.person_id == person.id)
    is_about_story = and_(Decision.story_id.in_(own), Decision.comment_id.is_(None))
    return or_(is_about_story, Decision.comment_id.in_(said))


def rulings_about_person(db: Session, person: Person) -> list[Ruling]:
    """All there ever were about somebody in person or about own words, the latest first."""
    return rulings_where(db, or_(Decision.person_id == person.id, _own(person)))


def standing_about_own(db: Session, person: Person) -> list[Ruling]:
    """Those in force about somebody's own words, the latest first."""
    return rulings_where(db, _own(person), Decision.standing == Standing.STANDING.value)


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
    """Those in force about some organisations, and what they hold and tell, the latest first.

    For who edits there; a proposal is no news before a second person has looked at it.
    """
    return rulings_where(
        db,
        Decision.organization_id.in_(organization_ids),
        Decision.standing == Standing.STANDING.value,
    )
