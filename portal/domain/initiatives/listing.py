"""Lists of initiatives: everybody's, by stage, country, tag and organisation, and one's own."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, or_, select
from sqlalchemy.orm import Session

from portal.db.query_hints import unindexed
from portal.domain.initiatives.hosts import INITIATIVES, hosted_by
from portal.domain.initiatives.models import (
    InitiativeCountry,
    InitiativeTag,
    Stage,
)
from portal.domain.initiatives.queries import (
    INITIATIVE_ROWS,
    PAGE_SIZE,
    InitiativeRow,
    fetch_initiative_rows,
)
from portal.domain.publishing.publication import Visibility

i = INITIATIVES.c
_countries, _tags = InitiativeCountry.__table__.c, InitiativeTag.__table__.c

# What can still be joined comes first.
_ORDER = (
    case(
        {Stage.RUNNING.value: 0, Stage.PLANNED.value: 1, Stage.IDEA.value: 2},
        value=i.stage,
        else_=3,
    ),
    i.published_at.desc(),
    i.id.desc(),
)


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; None means all."""

    stage: str | None = None
    country: str | None = None
    tag: str | None = None
    organization_id: int | None = None


def _narrowed(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.stage is not None:
        conditions.append(i.stage == filters.stage)
    if filters.country is not None:
        within = select(_countries.initiative_id).where(_countries.country == filters.country)
        conditions.append(i.id.in_(within))
    if filters.tag is not None:
        conditions.append(i.id.in_(select(_tags.initiative_id).where(_tags.tag == filters.tag)))
    if filters.organization_id is not None:
        conditions.append(hosted_by([filters.organization_id]))
    return conditions


_PUBLISHED = i.published_at.is_not(None)
PUBLIC: Any = (i.visibility == Visibility.PUBLIC.value, _PUBLISHED)
# The same of those that an index leads to.
PUBLIC_OF_FEW: Any = (unindexed(i.visibility) == Visibility.PUBLIC.value, _PUBLISHED)


def page_of(db: Session, filters: Filters, page: int = 1) -> tuple[list[InitiativeRow], bool]:
    """Return twenty public initiatives of a list, and whether there are more."""
    ids = (
        select(i.id)
        .where(*(PUBLIC if filters.organization_id is None else PUBLIC_OF_FEW))
        .where(*_narrowed(filters))
        .order_by(*_ORDER)
        .limit(PAGE_SIZE + 1)
        .offset((page - 1) * PAGE_SIZE)
    )
    # Ids first: ten things are looked up for each initiative that is shown.
    found = fetch_initiative_rows(
        db, INITIATIVE_ROWS.where(i.id.in_(select(ids.subquery().c.id))).order_by(*_ORDER)
    )
    return found[:PAGE_SIZE], len(found) > PAGE_SIZE


def countries(db: Session) -> list[str]:
    """Return the countries that public initiatives work for, in no order."""
    worked_for = (
        select(_countries.country)
        .join_from(InitiativeCountry.__table__, INITIATIVES, _countries.initiative_id == i.id)
        .where(*PUBLIC)
        .distinct()
    )
    return [*db.scalars(worked_for)]


def of_organizations(
    db: Session, organization_ids: Collection[int], draft_ids: Collection[int]
) -> list[InitiativeRow]:
    """Return organisations' initiatives, latest first; drafts only if among `draft_ids`."""
    ids = (
        select(i.id)
        .where(hosted_by(organization_ids), or_(i.published_at.is_not(None), hosted_by(draft_ids)))
        .order_by(i.id.desc())
        .limit(PAGE_SIZE * 5)
    )
    return fetch_initiative_rows(
        db, INITIATIVE_ROWS.where(i.id.in_(select(ids.subquery().c.id))).order_by(i.id.desc())
    )
