"""What organisations hold, for their own people: drafts and private events among it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select, union

from portal.domain.events.hosts import EVENTS, TAKES_PART
from portal.domain.events.listing import LATEST_FIRST, PAGE_SIZE, held_by
from portal.domain.events.models import EventHost
from portal.domain.events.queries import SHOWN, Shown, shown

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import BindParameter, Select
    from sqlalchemy.orm import Session

e = EVENTS.c
_hosts = EventHost.__table__.c
_THEIRS: BindParameter[Any] = bindparam("organization_ids", expanding=True)
_SEEN_BY_THEM = or_(e.published_at.is_not(None), held_by(bindparam("draft_ids", expanding=True)))


def _latest(ids: Select[tuple[int, datetime]]) -> Select[Any]:
    """As many as the page and those before it, read from the end of an index."""
    return select(
        ids.where(_SEEN_BY_THEM).order_by(*LATEST_FIRST).limit(bindparam("most")).subquery()
    )


# Founded and joined apart: with "or" between them, all that an organisation ever held is sorted.
_FOUNDED_OR_JOINED = union(
    _latest(select(e.id, e.starts_at).where(e.organization_id.in_(_THEIRS))),
    _latest(
        select(e.id, e.starts_at)
        .join(EventHost.__table__, _hosts.event_id == e.id)
        .where(_hosts.organization_id.in_(_THEIRS), TAKES_PART)
    ),
).subquery()
_IDS_OF_ORGANIZATIONS = (
    select(_FOUNDED_OR_JOINED.c.id)
    .order_by(_FOUNDED_OR_JOINED.c.starts_at.desc(), _FOUNDED_OR_JOINED.c.id.desc())
    .limit(PAGE_SIZE + 1)
    .offset(bindparam("skip"))
    .subquery()
)
_OF_ORGANIZATIONS = SHOWN.where(e.id.in_(select(_IDS_OF_ORGANIZATIONS.c.id))).order_by(
    *LATEST_FIRST
)


def of_organizations(
    db: Session, organization_ids: list[int], draft_ids: list[int], page: int = 1
) -> tuple[list[Shown], bool]:
    """Events of some organisations, latest first, and whether there are more.

    Only for their own people: the caller passes the organisations of whoever asks, and those of
    them whose drafts this person may see.
    """
    found = shown(
        db,
        _OF_ORGANIZATIONS,
        organization_ids=organization_ids,
        draft_ids=draft_ids,
        skip=(page - 1) * PAGE_SIZE,
        most=page * PAGE_SIZE + 1,
    )
    return found[:PAGE_SIZE], len(found) > PAGE_SIZE
