"""Lists of public events: upcoming, past, by tag, organisation, language and month."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    literal_column,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import Session

from portal.db.query_hints import limit_param, unindexed
from portal.domain.events import rules
from portal.domain.events.hosts import EVENTS, hosted_apart
from portal.domain.events.models import EventLanguage, EventTag, Status
from portal.domain.events.queries import EVENT_ROWS, EventRow, fetch_event_rows
from portal.domain.publishing.publication import Visibility

e = EVENTS.c
tags, spoken = EventTag.__table__, EventLanguage.__table__
PAGE_SIZE = 20
# On an organisation's page, under what is coming.
PAST_LISTED = 5
# A month of a very busy portal; the calendar says so when there are more.
MAX_IN_MONTH = 500
MAX_IN_FEED = 1_000


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; None means all."""

    past: bool = False
    tag: str | None = None
    language: str | None = None
    organization_id: int | None = None


_HOST_IDS: BindParameter[Any] = bindparam("organization_ids", expanding=True)


def public(statement: Select[Any]) -> Select[Any]:
    """Return a statement about events, narrowed to what everybody may see."""
    return statement.where(e.visibility == Visibility.PUBLIC.value, e.published_at.is_not(None))


# A postponed event is still to come. A month after its old start it goes among the past ones all
# the same: else what is forgotten would stand at the top for ever.
_POSTPONED = and_(e.status == Status.POSTPONED.value, e.starts_at > bindparam("since"))
_IS_COMING = or_(e.ends_at > bindparam("now"), _POSTPONED)
# The lower bound on the start lets the index skip all that is long over.
COMING = and_(_IS_COMING, e.starts_at > bindparam("since"))
PAST = and_(~_IS_COMING, e.starts_at <= bindparam("now"))
SOONEST_FIRST = (e.starts_at, e.id)
LATEST_FIRST = (e.starts_at.desc(), e.id.desc())


def as_of(now: datetime) -> dict[str, datetime]:
    """Return the values that COMING and PAST need."""
    return {"now": now, "since": now - rules.LONGEST_EVENT}


def hosted_ids(
    narrowed: Callable[[Select[Any]], Select[Any]],
    limit: int | ColumnElement[int],
    *,
    past: bool,
) -> Select[Any]:
    """Ids of what some organisations hold, in order; `most` with those that are passed over."""
    order: tuple[ColumnElement[Any], ...] = LATEST_FIRST if past else SOONEST_FIRST

    both = union(
        *(
            # Each from an end of its index.
            select(narrowed(ids).order_by(*order).limit(limit).subquery())
            for ids in hosted_apart(_HOST_IDS, e.id, e.starts_at)
        )
    ).subquery()
    columns = (both.c.starts_at, both.c.id)
    return select(both.c.id).order_by(*(each.desc() if past else each for each in columns))


def public_of_few(ids: Select[Any]) -> Select[Any]:
    """Return what everybody may see of what an index leads to."""
    visibility = unindexed(e.visibility)
    return ids.where(visibility == Visibility.PUBLIC.value, e.published_at.is_not(None))


@cache
def _page_statement(
    *, past: bool, by_tag: bool, by_language: bool, by_organization: bool
) -> Select[tuple[object, ...]]:
    """Build a statement for each shape of a filter; ids first, since columns are wide."""
    order: tuple[ColumnElement[Any], ...] = LATEST_FIRST if past else SOONEST_FIRST

    def narrowed(ids: Select[Any]) -> Select[Any]:
        if by_tag:
            ids = ids.join(tags, tags.c.event_id == e.id).where(tags.c.tag == bindparam("tag"))
        if by_language:
            ids = ids.join(spoken, spoken.c.event_id == e.id).where(
                spoken.c.language == bindparam("language")
            )
        return ids.where(PAST if past else COMING)

    if by_organization:
        ids = hosted_ids(lambda ids: narrowed(public_of_few(ids)), limit_param(), past=past)
    else:
        ids = narrowed(public(select(e.id))).order_by(*order)
    # In the statement itself: SQLite plans anew whenever a limit is bound (portal.db.query_hints).
    ids = ids.limit(literal_column(f"{PAGE_SIZE + 1}")).offset(bindparam("skip"))
    return EVENT_ROWS.where(e.id.in_(select(ids.subquery().c.id))).order_by(*order)


def page_of(
    db: Session, filters: Filters, now: datetime, page: int = 1
) -> tuple[list[EventRow], bool]:
    """Return twenty events of a list, and whether there are more."""
    values: dict[str, object] = {**as_of(now), "skip": (page - 1) * PAGE_SIZE}
    for name in ("tag", "language"):
        if (value := getattr(filters, name)) is not None:
            values[name] = value
    if filters.organization_id is not None:
        values |= {"organization_ids": [filters.organization_id], "limit": page * PAGE_SIZE + 1}
    statement = _page_statement(
        past=filters.past,
        by_tag=filters.tag is not None,
        by_language=filters.language is not None,
        by_organization=filters.organization_id is not None,
    )
    found = fetch_event_rows(db, statement, **values)
    return found[:PAGE_SIZE], len(found) > PAGE_SIZE


def _first_of_one(limit: int, *, past: bool) -> Select[Any]:
    ids = hosted_ids(
        lambda ids: public_of_few(ids).where(PAST if past else COMING), limit, past=past
    )
    return select(ids.limit(limit).subquery())


# One list: with "or" between two, PostgreSQL holds every event there is against both.
_IDS_OF_ONE = union_all(
    _first_of_one(PAGE_SIZE + 1, past=False), _first_of_one(PAST_LISTED + 1, past=True)
)
_ON_PAGE_OF_ONE = EVENT_ROWS.where(e.id.in_(_IDS_OF_ONE)).order_by(*SOONEST_FIRST)


def of_organization(
    db: Session, organization_id: int, now: datetime
) -> tuple[list[EventRow], list[EventRow]]:
    """Return an organisation's coming and past events, each with one more than fits."""
    values = as_of(now)
    found = fetch_event_rows(db, _ON_PAGE_OF_ONE, organization_ids=[organization_id], **values)
    # As the statement has it: postponed events are awaited for a while, not for ever.
    since = values["since"]
    awaited = [not rules.is_over(event, now) and event.starts_at > since for event in found]
    coming = [event for event, is_coming in zip(found, awaited, strict=True) if is_coming]
    past = [event for event, is_coming in zip(found, awaited, strict=True) if not is_coming]
    return coming, past[::-1]


def upcoming(db: Session, now: datetime) -> list[EventRow]:
    """Return the next twenty public events."""
    return page_of(db, Filters(), now)[0]


_BETWEEN = (
    public(EVENT_ROWS)
    .where(
        e.starts_at < bindparam("until"),
        e.starts_at > bindparam("since"),
        e.ends_at > bindparam("begin"),
    )
    .order_by(*SOONEST_FIRST)
    .limit(MAX_IN_MONTH)
)


def between(db: Session, begin: datetime, until: datetime) -> list[EventRow]:
    """Public events that touch a span of time, in order."""
    return fetch_event_rows(
        db, _BETWEEN, begin=begin, until=until, since=begin - rules.LONGEST_EVENT
    )


_FEED_COMING = (e.starts_at > bindparam("started"), e.ends_at > bindparam("now"))
_FEED_PAST = (
    e.starts_at > bindparam("started"),
    # Follows from the end, and lets an index skip all that is still to come.
    e.starts_at <= bindparam("now"),
    e.ends_at > bindparam("since"),
    e.ends_at <= bindparam("now"),
)


@cache
def _feed_statement(*, past: bool, by_organization: bool) -> Select[tuple[object, ...]]:
    order: tuple[ColumnElement[Any], ...] = LATEST_FIRST if past else SOONEST_FIRST
    conditions = _FEED_PAST if past else _FEED_COMING
    limit = limit_param()
    if not by_organization:
        return public(EVENT_ROWS).where(*conditions).order_by(*order).limit(limit)
    ids = hosted_ids(lambda ids: public_of_few(ids).where(*conditions), limit, past=past)
    return EVENT_ROWS.where(e.id.in_(select(ids.limit(limit).subquery().c.id))).order_by(*order)


def feed(
    db: Session, now: datetime, since: datetime, organization_id: int | None = None
) -> list[EventRow]:
    """Return public events for calendars: coming ones, then those that ended after `since`."""
    values: dict[str, object] = {"now": now, "since": since}
    if organization_id is not None:
        values["organization_ids"] = [organization_id]
    found: list[EventRow] = []
    for past, started in ((False, now), (True, since)):
        values |= {"limit": MAX_IN_FEED - len(found), "started": started - rules.LONGEST_EVENT}
        statement = _feed_statement(past=past, by_organization=organization_id is not None)
        found += fetch_event_rows(db, statement, **values)
    return found
