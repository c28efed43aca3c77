"""Results for feeds and topics: those of public events, told last first."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache
from html import escape
from typing import Any

from sqlalchemy import Select, String, literal_column, select
from sqlalchemy.orm import Session

from portal.db.query_hints import at_most, by_no_index
from portal.domain.events.feed import narrowed, newest_of_few, news_of
from portal.domain.events.hosts import EVENTS
from portal.domain.events.queries import SHOWN, EventRow, shown_with
from portal.domain.events.related import OF_EVENT, OUTCOME, RESULTS, Outcome, outcome_from
from portal.domain.publishing.feed_items import Narrowing, News
from portal.domain.results.queries import NEWEST_FIRST, TAKEN_PLACE_LATELY, TAKEN_PLACE_OF_FEW

e = EVENTS.c
# Asked of one event after the other: joined, SQLite would begin with all results there are.
_TOLD_AT = select(RESULTS.c.published_at).where(OF_EVENT).correlate(EVENTS).scalar_subquery()


@cache
def _ids(asked: frozenset[str]) -> Select[tuple[int]]:
    ids = narrowed(select(e.id).join(RESULTS, OF_EVENT), asked)
    return ids.where(*TAKEN_PLACE_LATELY).order_by(*NEWEST_FIRST).limit(at_most("most"))


def _told_of_few(ids: Select[Any]) -> Select[Any]:
    return ids.where(*TAKEN_PLACE_OF_FEW, _TOLD_AT.is_not(None))


@cache
def _newest(asked: frozenset[str]) -> Select[Any]:
    little = "holds_little" in asked
    ids = newest_of_few(_told_of_few, _TOLD_AT) if little else _ids(asked)
    return (
        SHOWN.add_columns(*OUTCOME, RESULTS.c.changed_at.label("result_changed_at"))
        .join(RESULTS, OF_EVENT)
        .where(e.id.in_(select(ids.subquery().c.id)))
        # In an index's order SQLite would look through all results for these few.
        .order_by(by_no_index(RESULTS.c.published_at).desc(), RESULTS.c.item_id.desc())
    )


def newest(db: Session, narrowing: Narrowing, now: datetime, most: int) -> list[News]:
    """What came of public events, in the three answers."""
    values = {"now": now, "most": most, **narrowing.values()}
    return [
        _news(event, outcome_from(row), row.result_changed_at)
        for event, row in shown_with(db, _newest(narrowing.asked), values)
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
    return told(news_of(event, {}), outcome, changed_at)


def told(item: News, outcome: Outcome, changed_at: datetime) -> News:
    """An item's news made into the news of what came of it."""
    answers = (outcome.happened, outcome.reached, outcome.next_steps)
    html = {
        language: "".join(_paragraphs(answer.said(language).text) for answer in answers)
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
