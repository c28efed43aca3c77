"""Side doors to initiatives: for whatever belongs to one, and is seen by whoever may see it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import Session

from portal.db.query_hints import written
from portal.domain.accounts.people.models import Person
from portal.domain.initiatives import rules
from portal.domain.initiatives.hosts import INITIATIVES, roles_in
from portal.domain.initiatives.models import Initiative
from portal.domain.publishing.publication import Visibility


def is_public_initiative(initiative_id: ColumnElement[int]) -> ColumnElement[bool]:
    """`is_public` in a statement about something else that belongs to an initiative."""
    return exists().where(
        INITIATIVES.c.id == initiative_id,
        INITIATIVES.c.published_at.is_not(None),
        INITIATIVES.c.visibility == written(Visibility.PUBLIC),
    )


def may_see_initiative(db: Session, visitor: Person | None, initiative_id: int) -> bool:
    """Whether somebody may see an initiative, and so whatever belongs to it."""
    initiative = db.get(Initiative, initiative_id)
    return initiative is not None and rules.may_see(initiative, roles_in(db, visitor, initiative))
