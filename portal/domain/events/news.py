"""Public events for feeds, topics and the sitemap: the newest, and the address of each."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select

from portal.domain.events.hosts import EVENTS
from portal.domain.events.listing import held_by, public, tags
from portal.domain.events.queries import SHOWN, Shown
from portal.news import Address, Narrowing, News

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

e = EVENTS.c
_NEWEST_FIRST = (e.published_at.desc(), e.id.desc())
_SHOWN_COLUMNS = len(Shown._fields)


def narrowed(ids: Select[tuple[int]], *, by_tag: bool, by_organization: bool) -> Select[tuple[int]]:
    """A statement of events' ids, narrowed to the values of `values_of`."""
    if by_tag:
        under = select(tags.c.event_id).where(tags.c.tag == bindparam("tag"))
        ids = ids.where(e.id.in_(under))
    if by_organization:
        ids = ids.where(held_by(bindparam("organization_ids", expanding=True)))
    return ids


def values_of(narrowing: Narrowing) -> dict[str, object]:
    """What the statements of `narrowed` are given."""
    values: dict[str, object] = {}
    if narrowing.tag is not None:
        values["tag"] = narrowing.tag
    if narrowing.organization_id is not None:
        values["organization_ids"] = [narrowing.organization_id]
    return values


@cache
def _newest(*, by_tag: bool, by_organization: bool) -> Select[Any]:
    """Ids first, from the index alone; the wide columns of those that are shown after."""
    ids = narrowed(public(select(e.id)), by_tag=by_tag, by_organization=by_organization)
    ids = ids.order_by(*_NEWEST_FIRST).limit(bindparam("most"))
    return (
        SHOWN.add_columns(e.description_html)
        .where(e.id.in_(select(ids.subquery().c.id)))
        .order_by(*_NEWEST_FIRST)
    )


def newest(db: Session, narrowing: Narrowing, now: datetime, most: int) -> list[News]:
    """The public events published last, first."""
    del now  # an event is news from its publication on
    statement = _newest(
        by_tag=narrowing.tag is not None, by_organization=narrowing.organization_id is not None
    )
    rows = db.execute(statement, {"most": most, **values_of(narrowing)})
    return [news_of(Shown._make(row[:_SHOWN_COLUMNS]), row[_SHOWN_COLUMNS] or {}) for row in rows]


def news_of(event: Shown, html: Mapping[str, str]) -> News:
    """An event that everybody may see."""
    published = event.published_at or event.changed_at
    return News(
        id=event.id,
        slug=event.slug,
        title=event.title,
        summary=event.summary,
        html=html,
        published_at=published,
        changed_at=max(published, event.changed_at),
        authors=tuple(host.name for host in event.hosts),
        verified_until=event.organization_verified_until,
    )


_COUNTED = public(select(func.count()).select_from(EVENTS))
_ADDRESSES = (
    public(select(e.slug, e.changed_at))
    .order_by(e.id)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)


def count(db: Session) -> int:
    """How many public events there are."""
    return db.scalar(_COUNTED) or 0


def addresses(db: Session, skip: int, most: int) -> list[Address]:
    """A stretch of all public events, in an order that new ones do not disturb."""
    return [Address(*row) for row in db.execute(_ADDRESSES, {"skip": skip, "most": most})]
