"""Reading results: one for its editors, and who has yet to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, exists, func, or_, select

from portal.domain.events.hosts import EVENTS
from portal.domain.events.models import Event, EventHost, HostState, Status, Visibility
from portal.domain.events.outcomes import HAS_RESULT, RESULTS
from portal.domain.organizations.models import Organization
from portal.domain.results import rules
from portal.domain.results.models import Result, ResultRequest
from portal.items import ItemKind
from portal.refusals import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, ScalarSelect
    from sqlalchemy.orm import Session

# Organisers asked in one transaction.
BATCH = 100


class Share(NamedTuple):
    """How many of an organisation's past events have published results."""

    published: int
    past: int


def result_of(db: Session, event: Event) -> Result | None:
    """An event's result, read afresh; whoever asks has come through the event's door."""
    return db.get(Result, (ItemKind.EVENT.value, event.id), populate_existing=True)


e = EVENTS.c
# Public events that are over; rules.is_public and rules.has_taken_place say the same of one.
PUBLIC_AND_OVER = (
    e.visibility == Visibility.PUBLIC.value,
    e.published_at.is_not(None),
    e.ends_at <= bindparam("now"),
)
TAKEN_PLACE = (*PUBLIC_AND_OVER, e.status == Status.SCHEDULED.value)
# The same where results are read from the newest on: an index of events by status has another
# order, and SQLite would read all of it.
TAKEN_PLACE_LATELY = (
    *PUBLIC_AND_OVER,
    e.status.not_in([Status.POSTPONED.value, Status.CANCELLED.value]),
)
NEWEST_FIRST = (RESULTS.c.published_at.desc(), RESULTS.c.item_id.desc())

_organization = Organization.__table__
_hosts = EventHost.__table__.c
_joined = (
    select(_hosts.event_id)
    .where(_hosts.organization_id == _organization.c.id, _hosts.state == HostState.ACCEPTED.value)
    .correlate(_organization)
)


def _counted(*narrowed: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many events an organisation has held lately, founded or joined."""
    return (
        select(func.count())
        .select_from(EVENTS)
        .where(
            *TAKEN_PLACE,
            e.starts_at > bindparam("since"),
            or_(e.organization_id == _organization.c.id, e.id.in_(_joined)),
            *narrowed,
        )
        .correlate(_organization)
        .scalar_subquery()
    )


_WITH_SHARE = select(Organization, _counted(HAS_RESULT), _counted()).where(
    Organization.slug == bindparam("slug")
)


def organization_with_share(db: Session, slug: str, now: datetime) -> tuple[Organization, Share]:
    """An organisation, and of how many of its public events of two years it has told the result.

    In one question, since its page asks enough of them.
    """
    values = {"slug": slug, "now": now, "since": now - rules.COUNTED_FOR}
    row = db.execute(_WITH_SHARE, values).one_or_none()
    if row is None:
        raise NotFoundError
    return row[0], Share(row[1], row[2])


def unasked(db: Session, now: datetime) -> Sequence[Event]:
    """Public events a week after their end of which nobody has told, nor been asked."""
    return db.scalars(
        select(Event)
        .where(
            Event.status == Status.SCHEDULED.value,
            Event.ends_at <= now - rules.ASKED_AFTER,
            Event.ends_at > now - rules.NOT_ASKED_AFTER,
            Event.visibility == Visibility.PUBLIC.value,
            Event.published_at.is_not(None),
            *(
                ~exists().where(known.item_kind == ItemKind.EVENT.value, known.item_id == Event.id)
                for known in (Result, ResultRequest)
            ),
        )
        .order_by(Event.ends_at, Event.id)
        .limit(BATCH)
    ).all()
