"""What organisations hold, for their own people: drafts and private events among it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, or_, select, union

from portal.domain.events.hosts import EVENTS, TAKES_PART
from portal.domain.events.listing import (
    COMING,
    LATEST_FIRST,
    PAGE_SIZE,
    PAST,
    SOONEST_FIRST,
    as_of,
    held_by,
)
from portal.domain.events.models import EventHost
from portal.domain.events.queries import SHOWN, Shown, shown
from portal.plans import at_most

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import BindParameter, ColumnElement, Select
    from sqlalchemy.orm import Session


class Theirs(NamedTuple):
    """Ids of the organisations of whoever asks, and of those whose drafts they may see."""

    organizations: list[int]
    with_drafts: list[int]


e = EVENTS.c
_hosts = EventHost.__table__.c
_THEIRS: BindParameter[Any] = bindparam("organization_ids", expanding=True)
_SEEN_BY_THEM = or_(e.published_at.is_not(None), held_by(bindparam("draft_ids", expanding=True)))


@cache
def _statement(*, past: bool) -> Select[Any]:
    """Ids first, since columns are wide."""
    order: tuple[ColumnElement[Any], ...] = LATEST_FIRST if past else SOONEST_FIRST

    def some(ids: Select[tuple[int, datetime]]) -> Select[Any]:
        """As many as the page and those before it, read from an end of an index."""
        narrowed = ids.where(_SEEN_BY_THEM, PAST if past else COMING)
        return select(narrowed.order_by(*order).limit(at_most("most")).subquery())

    # Founded and joined apart: with "or" between them, all that was ever held is sorted.
    both = union(
        some(select(e.id, e.starts_at).where(e.organization_id.in_(_THEIRS))),
        some(
            select(e.id, e.starts_at)
            .join(EventHost.__table__, _hosts.event_id == e.id)
            .where(_hosts.organization_id.in_(_THEIRS), TAKES_PART)
        ),
    ).subquery()
    columns = (both.c.starts_at, both.c.id)
    ids = (
        select(both.c.id)
        .order_by(*(column.desc() if past else column for column in columns))
        .limit(at_most("room"))
        .offset(bindparam("skip"))
        .subquery()
    )
    return SHOWN.where(e.id.in_(select(ids.c.id))).order_by(*order)


def of_organizations(
    db: Session,
    theirs: Theirs,
    now: datetime,
    page: int = 1,
    *,
    past: bool = False,
    room: int = PAGE_SIZE,
) -> tuple[list[Shown], bool]:
    """Coming events, the soonest first, or past ones, the latest first; whether there are more.

    Only for their own people: drafts and private events are among them. `room` is that of a page.
    """
    found = shown(
        db,
        _statement(past=past),
        **as_of(now),
        organization_ids=theirs.organizations,
        draft_ids=theirs.with_drafts,
        room=room + 1,
        skip=(page - 1) * room,
        most=page * room + 1,
    )
    return found[:room], len(found) > room
