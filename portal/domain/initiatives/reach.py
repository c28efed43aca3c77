"""How many an initiative has reached, never counting what fewer than five people stand behind."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, func, select
from sqlalchemy.orm import Session

from portal.db.query_hints import unindexed
from portal.db.rows import columns_of, reader
from portal.domain.events.hosts import EVENTS
from portal.domain.events.models import Status
from portal.domain.feedback.rules import FEWEST
from portal.domain.publishing.publication import Visibility
from portal.domain.registrations.models import Registration
from portal.domain.registrations.models import Status as RegistrationStatus
from portal.domain.results.rules import round_down
from portal.i18n.translated import Translated


@dataclass(frozen=True, slots=True)
class Occasion:
    """A past public event of an initiative; None stands for fewer than five people."""

    slug: str
    title: Translated
    starts_at: datetime
    time_zone: str
    signed_up: int | None
    took_part: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of what may be said, so that no small number can be told from them."""

    events: int
    signed_up: int | None
    took_part: int | None


_registrations = Registration.__table__.c
_HOSTED = (
    EVENTS.c.initiative_id == bindparam("initiative"),
    EVENTS.c.visibility == Visibility.PUBLIC.value,
    EVENTS.c.published_at.is_not(None),
    unindexed(EVENTS.c.status) == Status.SCHEDULED.value,
    EVENTS.c.ends_at <= bindparam("now"),
)


def _counted(which: ColumnElement[bool]) -> ScalarSelect[int]:
    """Return how many of an event's people; by event, since few are asked about."""
    counted = select(func.count()).where(_registrations.event_id == EVENTS.c.id, which)
    return counted.correlate(EVENTS).scalar_subquery()


_OCCASIONS = (
    select(
        *columns_of(Occasion, EVENTS),
        _counted(_registrations.status == RegistrationStatus.CONFIRMED.value).label("signed_up"),
        _counted(_registrations.attended_at.is_not(None)).label("took_part"),
    )
    .where(*_HOSTED)
    .order_by(EVENTS.c.starts_at, EVENTS.c.id)
)


def occasions(db: Session, initiative_id: int, now: datetime) -> list[Occasion]:
    """Return the public events that were held, in order."""
    rows = db.execute(_OCCASIONS, {"initiative": initiative_id, "now": now})
    return [_occasion_from(row) for row in rows]


def _sayable(count: int) -> int | None:
    return count if count >= FEWEST else None


_occasion_from = reader(
    Occasion,
    signed_up=lambda row: _sayable(row.signed_up),
    took_part=lambda row: _sayable(row.took_part),
)


def totals(occasions: list[Occasion]) -> Totals:
    """Return what the events come to together."""
    return Totals(
        len(occasions),
        sum(each.signed_up or 0 for each in occasions) or None,
        sum(each.took_part or 0 for each in occasions) or None,
    )


def public_reach(occasions: list[Occasion]) -> int | None:
    """Return how many took part, as precisely as the public is told: "at least"."""
    return round_down(totals(occasions).took_part or 0)
