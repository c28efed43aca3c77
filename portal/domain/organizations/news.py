"""Organisations for the sitemap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from portal.domain.history.models import Revision
from portal.domain.organizations.models import Organization
from portal.items import ItemKind
from portal.news import Address

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_CHANGED_AT = (
    select(func.max(Revision.recorded_at))
    .where(Revision.item_kind == ItemKind.ORGANIZATION.value, Revision.item_id == Organization.id)
    .correlate(Organization)
    .scalar_subquery()
)


def count(db: Session) -> int:
    """How many organisations there are."""
    return db.scalar(select(func.count()).select_from(Organization)) or 0


def addresses(db: Session, skip: int, most: int) -> list[Address]:
    """A stretch of all organisations, in an order that new ones do not disturb."""
    rows = db.execute(
        select(Organization.slug, Organization.created_at, _CHANGED_AT)
        .order_by(Organization.id)
        .offset(skip)
        .limit(most)
    )
    return [Address(slug, changed_at or created_at) for slug, created_at, changed_at in rows]
