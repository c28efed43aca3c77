"""Public initiatives and what came of them, for feeds, topics, the sitemap and lists of results."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, String, and_, bindparam, exists, literal_column, or_, select
from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.db.query_hints import limit_param, literal
from portal.domain.events.hosts import EVENTS
from portal.domain.events.queries import EVENT_ROWS, EventRow, fetch_event_rows
from portal.domain.events.related import OF_EVENT, OUTCOME, RESULTS, Outcome, outcome_from
from portal.domain.initiatives.hosts import INITIATIVES, hosted_by
from portal.domain.initiatives.listing import PUBLIC, PUBLIC_OF_FEW
from portal.domain.initiatives.models import InitiativeTag
from portal.domain.initiatives.queries import (
    INITIATIVE_ROWS,
    InitiativeRow,
    fetch_initiative_rows,
    initiative_from,
)
from portal.domain.publishing.feed_items import Listed, Narrowing, News
from portal.domain.results.feed import as_result_headline
from portal.domain.results.queries import IS_OVER

i, _tags = INITIATIVES.c, InitiativeTag.__table__.c
OF_INITIATIVE = and_(
    RESULTS.c.item_kind == literal(ItemKind.INITIATIVE),
    RESULTS.c.item_id == i.id,
)
_NEWEST_FIRST = (i.published_at.desc(), i.id.desc())
_NEWEST_RESULT_FIRST = (RESULTS.c.published_at.desc(), i.id.desc())
PAGE_SIZE = 10


def _narrowed(ids: Select[Any], asked: frozenset[str]) -> Select[Any]:
    ids = ids.where(*(PUBLIC_OF_FEW if "organization_id" in asked else PUBLIC))
    if "tag" in asked:
        ids = ids.where(exists().where(_tags.initiative_id == i.id, _tags.tag == bindparam("tag")))
    if "organization_id" in asked:
        ids = ids.where(hosted_by(bindparam("organization_ids", expanding=True)))
    return ids


@cache
def _ids(asked: frozenset[str]) -> Select[Any]:
    return _narrowed(select(i.id), asked).order_by(*_NEWEST_FIRST).limit(limit_param())


@cache
def _result_ids(asked: frozenset[str]) -> Select[Any]:
    ids = _narrowed(select(i.id).join(RESULTS, OF_INITIATIVE), asked)
    return ids.order_by(*_NEWEST_RESULT_FIRST).limit(limit_param())


@cache
def _newest(asked: frozenset[str]) -> Select[Any]:
    return (
        INITIATIVE_ROWS.add_columns(i.description_html, i.changed_at)
        .where(i.id.in_(select(_ids(asked).subquery().c.id)))
        .order_by(*_NEWEST_FIRST)
    )


@cache
def _newest_result(asked: frozenset[str]) -> Select[Any]:
    return (
        INITIATIVE_ROWS.add_columns(*OUTCOME, RESULTS.c.changed_at.label("result_changed_at"))
        .join(RESULTS, OF_INITIATIVE)
        .where(i.id.in_(select(_result_ids(asked).subquery().c.id)))
        .order_by(*_NEWEST_RESULT_FIRST)
    )


def newest(db: Session, narrowing: Narrowing, now: datetime, limit: int) -> list[News]:
    """Return the public initiatives published last, first."""
    del now  # an initiative is news from its publication on
    rows = db.execute(_newest(narrowing.asked), {"limit": limit, **narrowing.values()})
    return [_news(initiative_from(row), row.description_html or {}, row.changed_at) for row in rows]


def newest_reports(db: Session, narrowing: Narrowing, now: datetime, limit: int) -> list[News]:
    """Return the closing reports told last, first, in their three answers."""
    del now
    rows = db.execute(_newest_result(narrowing.asked), {"limit": limit, **narrowing.values()})
    return [
        as_result_headline(
            _news(initiative_from(row), {}, row.result_changed_at),
            outcome_from(row),
            row.result_changed_at,
        )
        for row in rows
    ]


def headlines(asked: frozenset[str]) -> Select[Any]:
    """Select initiatives as lines of a feed (portal.domain.publishing.feed_items.Headline)."""
    return _ids(asked).with_only_columns(
        i.slug, i.title, i.purpose.label("summary"), i.published_at, i.stage.label("note")
    )


def report_headlines(asked: frozenset[str]) -> Select[Any]:
    """Return closing reports in a line each."""
    return _result_ids(asked).with_only_columns(
        i.slug,
        i.title,
        RESULTS.c.happened.label("summary"),
        RESULTS.c.published_at,
        literal_column("''", String).label("note"),
    )


def _news(initiative: InitiativeRow, html: Mapping[str, str], changed_at: datetime) -> News:
    published = initiative.published_at or changed_at
    return News(
        id=initiative.id,
        slug=initiative.slug,
        title=initiative.title,
        summary=initiative.purpose,
        html=html,
        published_at=published,
        changed_at=max(published, changed_at),
        organizations=tuple(host.name for host in initiative.hosts),
        verified_until=initiative.organization_verified_until,
    )


@dataclass(frozen=True, slots=True)
class ResultRow:
    """What came of an event or of an initiative, as the list of results shows it."""

    item: EventRow | InitiativeRow
    outcome: Outcome


_RESULT_ROWS = (
    select(RESULTS.c.item_kind, RESULTS.c.item_id, *OUTCOME)
    .select_from(
        RESULTS.outerjoin(EVENTS, and_(OF_EVENT, *IS_OVER)).outerjoin(
            INITIATIVES, and_(OF_INITIATIVE, *PUBLIC)
        )
    )
    .where(or_(EVENTS.c.id.is_not(None), i.id.is_not(None)))
    .order_by(*(RESULTS.c[name].desc() for name in ("published_at", "item_kind", "item_id")))
    .limit(PAGE_SIZE + 1)
    .offset(bindparam("skip"))
)
_EVENTS = EVENT_ROWS.where(EVENTS.c.id.in_(bindparam("ids", expanding=True)))
_INITIATIVES = INITIATIVE_ROWS.where(i.id.in_(bindparam("ids", expanding=True)))


def results_page(db: Session, now: datetime, page: int = 1) -> tuple[list[ResultRow], bool]:
    """Ten results of public events and initiatives, those told last first; whether more."""
    rows = db.execute(_RESULT_ROWS, {"now": now, "skip": (page - 1) * PAGE_SIZE}).all()
    ids = {kind: [row.item_id for row in rows if row.item_kind == kind] for kind in ItemKind}
    event_ids, lines = ids[ItemKind.EVENT], ids[ItemKind.INITIATIVE]
    items: dict[tuple[str, int], EventRow | InitiativeRow] = {}
    if event_ids:
        items |= {(ItemKind.EVENT, e.id): e for e in fetch_event_rows(db, _EVENTS, ids=event_ids)}
    if lines:
        items |= {
            (ItemKind.INITIATIVE, e.id): e
            for e in fetch_initiative_rows(db, _INITIATIVES, ids=lines)
        }
    found = [ResultRow(items[row.item_kind, row.item_id], outcome_from(row)) for row in rows]
    return found[:PAGE_SIZE], len(found) > PAGE_SIZE


LISTED = Listed(select(i.slug, i.changed_at).where(*PUBLIC), i.id)
