"""What a timeline grows from: steps, events with their results, and the closing report."""

from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from portal.domain.events.hosts import EVENTS
from portal.domain.events.queries import EVENT_ROWS, EventRow, fetch_event_rows_with
from portal.domain.events.related import OF_EVENT, OUTCOME, RESULTS, Outcome, outcome_from
from portal.domain.publishing.publication import Visibility

# A line longer than this is read event by event.
MAX_EVENTS = 200


@dataclass(frozen=True, slots=True)
class Occasion:
    """A public event of an initiative, and what came of it."""

    event: EventRow
    outcome: Outcome | None


_EVENTS = (
    EVENT_ROWS.add_columns(*OUTCOME)
    .outerjoin(RESULTS, OF_EVENT)
    .where(
        EVENTS.c.initiative_id == bindparam("initiative"),
        EVENTS.c.visibility == Visibility.PUBLIC.value,
        EVENTS.c.published_at.is_not(None),
    )
    .order_by(EVENTS.c.starts_at.desc(), EVENTS.c.id.desc())
    .limit(MAX_EVENTS)
)


def events_of(db: Session, initiative_id: int) -> list[Occasion]:
    """Return its public events, the latest first."""
    return [
        Occasion(event, outcome_from(row) if event.has_result else None)
        for event, row in fetch_event_rows_with(db, _EVENTS, {"initiative": initiative_id})
    ]
