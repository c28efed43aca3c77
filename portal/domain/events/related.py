"""What came of an event and what it belongs to, read along with it without another question."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Integer,
    Row,
    String,
    and_,
    bindparam,
    column,
    exists,
    literal_column,
    select,
    table,
)
from sqlalchemy.orm import Session

from portal.db.query_hints import unindexed
from portal.db.rows import columns_of, reader
from portal.db.types import Instant, TranslatedText
from portal.domain.events.hosts import EVENTS
from portal.i18n.translated import Translated


@dataclass(frozen=True, slots=True)
class Outcome:
    """A published result."""

    happened: Translated
    reached: Translated
    next_steps: Translated
    took_part: int | None
    published_at: datetime


# Results stand above events, so their table is named here without its model.
RESULTS = table(
    "results",
    column("item_kind", String),
    column("item_id", Integer),
    *(column(name, TranslatedText) for name in ("happened", "reached", "next_steps")),
    column("took_part", Integer),
    column("published_at", Instant),
    column("changed_at", Instant),
)
OUTCOME = columns_of(Outcome, RESULTS, "result_")
outcome_from = reader(Outcome, "result_")
OF_EVENT = and_(RESULTS.c.item_kind == literal_column("'event'"), RESULTS.c.item_id == EVENTS.c.id)
HAS_RESULT = exists(literal_column("1")).select_from(RESULTS).where(OF_EVENT).correlate(EVENTS)


_OF_ONE = select(*OUTCOME).where(
    RESULTS.c.item_kind == literal_column("'event'"), RESULTS.c.item_id == bindparam("event")
)


def answers_of(db: Session, event_id: int) -> dict[str, Translated]:
    """Return what came of an event, once that has been told."""
    row = db.execute(_OF_ONE, {"event": event_id}).one_or_none()
    if row is None:
        return {}
    found = outcome_from(row)
    return {"happened": found.happened, "reached": found.reached, "next_steps": found.next_steps}


# Stories stand above events too, and what they name.
_STORIES = table(
    "stories", column("id", Integer), column("visibility", String), column("published_at", Instant)
)
_NAMED = table("story_events", column("story_id", Integer), column("event_id", Integer))
HAS_STORIES = (
    exists(literal_column("1"))
    .select_from(_NAMED.join(_STORIES, _STORIES.c.id == _NAMED.c.story_id))
    .where(
        _NAMED.c.event_id == EVENTS.c.id,
        unindexed(_STORIES.c.visibility) == literal_column("'public'"),
        _STORIES.c.published_at.is_not(None),
    )
    .correlate(EVENTS)
)


@dataclass(frozen=True, slots=True)
class InitiativeLink:
    """The public initiative that an event belongs to, or that a story tells of."""

    slug: str
    title: Translated


# Initiatives stand above events too.
INITIATIVES = table(
    "initiatives",
    column("id", Integer),
    column("slug", String),
    column("title", TranslatedText),
    column("visibility", String),
    column("published_at", Instant),
)
INITIATIVE_LINK = columns_of(InitiativeLink, INITIATIVES, "initiative_")
_link_from = reader(InitiativeLink, "initiative_")
IS_PUBLIC = and_(
    INITIATIVES.c.visibility == literal_column("'public'"),
    INITIATIVES.c.published_at.is_not(None),
)
OF_INITIATIVE = and_(INITIATIVES.c.id == EVENTS.c.initiative_id, IS_PUBLIC)


def initiative_from(row: Row[Any]) -> InitiativeLink | None:
    """Return the public initiative of an outer join's columns (INITIATIVE_LINK), if it has one."""
    return _link_from(row) if row.initiative_slug else None
