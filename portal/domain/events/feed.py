"""Public events for feeds, topics and the sitemap: the newest, and the address of each."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    bindparam,
    exists,
    func,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import Session

from portal.db.query_hints import limit_param
from portal.domain.events.hosts import EVENTS, hosted_apart, hosted_by
from portal.domain.events.listing import public, public_of_few, tags
from portal.domain.events.queries import EVENT_ROWS, EventRow, fetch_event_rows_with
from portal.domain.publishing.feed_items import Listed, Narrowing, News

e = EVENTS.c
_NEWEST_FIRST = (e.published_at.desc(), e.id.desc())
# Of so many events and more the newest are found sooner among those of everybody.
LITTLE: Final = 1_000
_WHOSE: BindParameter[Any] = bindparam("organization_ids", expanding=True)
_HOSTED = select(func.count()).select_from(
    union_all(
        *(select(ids.limit(LITTLE).subquery()) for ids in hosted_apart(_WHOSE, e.id))
    ).subquery()
)


def hosts_few(db: Session, organization_id: int) -> bool:
    """Return whether all that an organisation holds is looked through in no time."""
    return (db.scalar(_HOSTED, {"organization_ids": [organization_id]}) or 0) < LITTLE


def narrowed(ids: Select[tuple[int]], asked: frozenset[str]) -> Select[tuple[int]]:
    """Return a statement of events' ids, narrowed to the values of a Narrowing."""
    if "tag" in asked:
        # Looked up for each that comes: a list of all under a topic would be made each time.
        under = exists().where(tags.c.event_id == e.id, tags.c.tag == bindparam("tag"))
        ids = ids.where(under)
    if "organization_id" in asked:
        ids = ids.where(hosted_by(_WHOSE))
    return ids


def newest_of_few(
    narrowed: Callable[[Select[Any]], Select[Any]], since: ColumnElement[Any]
) -> Select[Any]:
    """Ids of what an organisation holds, the latest `since` first: all of it is looked through."""
    both = union(*(narrowed(ids) for ids in hosted_apart(_WHOSE, e.id, since.label("since"))))
    found = both.subquery().c
    return select(found.id).order_by(found.since.desc(), found.id.desc()).limit(limit_param())


@cache
def _newest(asked: frozenset[str]) -> Select[Any]:
    """Ids first, from the index alone; the wide columns of those that are shown after."""
    if "hosts_few" in asked:
        ids = newest_of_few(public_of_few, e.published_at)
    else:
        ids = narrowed(public(select(e.id)), asked).order_by(*_NEWEST_FIRST).limit(limit_param())
    return (
        EVENT_ROWS.add_columns(e.description_html)
        .where(e.id.in_(select(ids.subquery().c.id)))
        .order_by(*_NEWEST_FIRST)
    )


def newest(db: Session, narrowing: Narrowing, now: datetime, limit: int) -> list[News]:
    """Return the public events published last, first."""
    del now  # an event is news from its publication on
    values = {"limit": limit, **narrowing.values()}
    return [
        news_of(event, row.description_html or {})
        for event, row in fetch_event_rows_with(db, _newest(narrowing.asked), values)
    ]


def news_of(event: EventRow, html: Mapping[str, str]) -> News:
    """Return an event that everybody may see."""
    published = event.published_at or event.changed_at
    return News(
        id=event.id,
        slug=event.slug,
        title=event.title,
        summary=event.summary,
        html=html,
        published_at=published,
        changed_at=max(published, event.changed_at),
        organizations=tuple(host.name for host in event.hosts),
        verified_until=event.organization_verified_until,
    )


LISTED = Listed(public(select(e.slug, e.changed_at)), e.id)
