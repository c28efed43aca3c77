"""Results for feeds and topics: those of public events, told last first."""

from dataclasses import replace
from datetime import datetime
from functools import cache
from html import escape
from typing import Any

from sqlalchemy import Select, String, literal_column, select
from sqlalchemy.orm import Session

from portal.db.query_hints import limit_param, unindexed
from portal.domain.events.feed import narrowed, newest_of_few, news_of
from portal.domain.events.hosts import EVENTS
from portal.domain.events.queries import EVENT_ROWS, EventRow, fetch_event_rows_with
from portal.domain.events.related import OF_EVENT, OUTCOME, RESULTS, Outcome, outcome_from
from portal.domain.publishing.feed_items import Narrowing, News
from portal.domain.results.queries import IS_OVER_LATELY, IS_OVER_OF_FEW, NEWEST_FIRST

e = EVENTS.c
# Asked of one event after the other: joined, SQLite would begin with all results there are.
_PUBLISHED_AT = select(RESULTS.c.published_at).where(OF_EVENT).correlate(EVENTS).scalar_subquery()


@cache
def _ids(asked: frozenset[str]) -> Select[tuple[int]]:
    ids = narrowed(select(e.id).join(RESULTS, OF_EVENT), asked)
    return ids.where(*IS_OVER_LATELY).order_by(*NEWEST_FIRST).limit(limit_param())


def _results_of(ids: Select[Any]) -> Select[Any]:
    return ids.where(*IS_OVER_OF_FEW, _PUBLISHED_AT.is_not(None))


@cache
def _newest(asked: frozenset[str]) -> Select[Any]:
    little = "hosts_few" in asked
    ids = newest_of_few(_results_of, _PUBLISHED_AT) if little else _ids(asked)
    return (
        EVENT_ROWS.add_columns(*OUTCOME, RESULTS.c.changed_at.label("result_changed_at"))
        .join(RESULTS, OF_EVENT)
        .where(e.id.in_(select(ids.subquery().c.id)))
        # In an index's order SQLite would look through all results for these few.
        .order_by(unindexed(RESULTS.c.published_at).desc(), RESULTS.c.item_id.desc())
    )


def newest(db: Session, narrowing: Narrowing, now: datetime, limit: int) -> list[News]:
    """Return what came of public events, in the three answers."""
    values = {"now": now, "limit": limit, **narrowing.values()}
    return [
        _news(event, outcome_from(row), row.result_changed_at)
        for event, row in fetch_event_rows_with(db, _newest(narrowing.asked), values)
    ]


def headlines(asked: frozenset[str]) -> Select[Any]:
    """Select the same as lines of a feed (portal.domain.publishing.feed_items.Headline)."""
    return _ids(asked).with_only_columns(
        e.slug,
        e.title,
        RESULTS.c.happened.label("summary"),
        RESULTS.c.published_at,
        literal_column("''", String).label("note"),
    )


def _news(event: EventRow, outcome: Outcome, changed_at: datetime) -> News:
    return as_result_headline(news_of(event, {}), outcome, changed_at)


def as_result_headline(item: News, outcome: Outcome, changed_at: datetime) -> News:
    """Return an item's news made into the news of what came of it."""
    answers = (outcome.happened, outcome.reached, outcome.next_steps)
    html = {
        language: "".join(_paragraphs(answer.localized(language).text) for answer in answers)
        for language in outcome.happened.versions
    }
    return replace(
        item,
        summary=outcome.happened,
        html=html,
        published_at=outcome.published_at,
        changed_at=changed_at,
    )


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n") if part.strip())
