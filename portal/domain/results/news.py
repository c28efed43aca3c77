"""Results for feeds and topics: those of public events, told last first."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from portal.domain.events.hosts import EVENTS
from portal.domain.events.news import narrowed, news_of, values_of
from portal.domain.events.outcomes import OF_EVENT, OUTCOME, RESULTS, Outcome
from portal.domain.events.queries import SHOWN, Shown
from portal.domain.results.queries import NEWEST_FIRST, TAKEN_PLACE

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from portal.news import Narrowing, News

e = EVENTS.c
_SHOWN_COLUMNS = len(Shown._fields)


@cache
def _newest(*, by_tag: bool, by_organization: bool) -> Select[Any]:
    ids = narrowed(
        select(e.id).join(RESULTS, OF_EVENT), by_tag=by_tag, by_organization=by_organization
    )
    ids = ids.where(*TAKEN_PLACE).order_by(*NEWEST_FIRST).limit(bindparam("most"))
    return (
        SHOWN.add_columns(*OUTCOME, RESULTS.c.changed_at)
        .join(RESULTS, OF_EVENT)
        .where(e.id.in_(select(ids.subquery().c.id)))
        .order_by(*NEWEST_FIRST)
    )


def newest(db: Session, narrowing: Narrowing, now: datetime, most: int) -> list[News]:
    """What came of public events, in the three answers."""
    statement = _newest(
        by_tag=narrowing.tag is not None, by_organization=narrowing.organization_id is not None
    )
    rows = db.execute(statement, {"now": now, "most": most, **values_of(narrowing)})
    return [
        _news(Shown._make(row[:_SHOWN_COLUMNS]), Outcome._make(row[_SHOWN_COLUMNS:-1]), row[-1])
        for row in rows
    ]


def _news(event: Shown, outcome: Outcome, changed_at: datetime) -> News:
    answers = (outcome.happened, outcome.reached, outcome.next_steps)
    html = {
        language: "".join(_paragraphs(answer.said(language).text) for answer in answers)
        for language in outcome.happened.versions
    }
    return news_of(event, html)._replace(
        summary=outcome.happened, published_at=outcome.published_at, changed_at=changed_at
    )


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n") if part.strip())
