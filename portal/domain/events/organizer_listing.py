"""What organisations hold, for their own people: drafts and private events among it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from portal.db.query_hints import limit_param
from portal.domain.events.hosts import EVENTS, hosted_by
from portal.domain.events.listing import (
    COMING,
    LATEST_FIRST,
    PAGE_SIZE,
    PAST,
    SOONEST_FIRST,
    as_of,
    hosted_ids,
)
from portal.domain.events.queries import EVENT_ROWS, EventRow, fetch_event_rows


@dataclass(frozen=True, slots=True)
class Theirs:
    """Ids of the organisations of whoever asks, and of those whose drafts they may see."""

    organizations: list[int]
    with_drafts: list[int]


e = EVENTS.c
_SEEN_BY_THEM = or_(e.published_at.is_not(None), hosted_by(bindparam("draft_ids", expanding=True)))


@cache
def _statement(*, past: bool) -> Select[Any]:
    """Ids first, since columns are wide."""
    order: tuple[ColumnElement[Any], ...] = LATEST_FIRST if past else SOONEST_FIRST

    def narrowed(ids: Select[Any]) -> Select[Any]:
        return ids.where(_SEEN_BY_THEM, PAST if past else COMING)

    ids = hosted_ids(narrowed, limit_param(), past=past)
    ids = ids.limit(limit_param("room")).offset(bindparam("skip"))
    return EVENT_ROWS.where(e.id.in_(select(ids.subquery()))).order_by(*order)


def of_organizations(
    db: Session,
    theirs: Theirs,
    now: datetime,
    page: int = 1,
    *,
    past: bool = False,
    room: int = PAGE_SIZE,
) -> tuple[list[EventRow], bool]:
    """Return a page of events, drafts too, for their own people, and whether there are more."""
    found = fetch_event_rows(
        db,
        _statement(past=past),
        **as_of(now),
        organization_ids=theirs.organizations,
        draft_ids=theirs.with_drafts,
        room=room + 1,
        skip=(page - 1) * room,
        limit=page * room + 1,
    )
    return found[:room], len(found) > room
