"""Reading results: one for its editors, and who has yet to be asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, and_, bindparam, exists, func, select, true, union
from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.db.query_hints import literal, unindexed
from portal.domain.events.hosts import EVENTS
from portal.domain.events.listing import LATEST_FIRST
from portal.domain.events.models import Event, EventHost, Status
from portal.domain.events.related import RESULTS
from portal.domain.organizations.models import HostState, Organization
from portal.domain.publishing.publication import Visibility
from portal.domain.results import rules
from portal.domain.results.models import Result, ResultReminder

# Organisers asked in one transaction.
BATCH = 100


@dataclass(frozen=True, slots=True)
class Share:
    """How many of an organisation's past events have published results."""

    published: int
    past: int


def result_of(db: Session, event: Event) -> Result | None:
    """Return an event's result, read afresh; whoever asks has come through the event's door."""
    return db.get(Result, (ItemKind.EVENT.value, event.id), populate_existing=True)


e = EVENTS.c


# Public events that are over; rules.is_public and rules.has_taken_place say the same of one.
PUBLIC_AND_OVER = (
    e.visibility == literal(Visibility.PUBLIC),
    e.published_at.is_not(None),
    e.ends_at <= bindparam("now"),
)
IS_OVER = (*PUBLIC_AND_OVER, e.status == literal(Status.SCHEDULED))
# The same where results are read from the newest on: an index of events by status has another
# order, and SQLite would read all of it.
IS_OVER_LATELY = (
    *PUBLIC_AND_OVER,
    e.status.not_in([literal(Status.POSTPONED), literal(Status.CANCELLED)]),
)
# The same of events that are named one by one.
IS_OVER_OF_FEW = (
    unindexed(e.visibility) == literal(Visibility.PUBLIC),
    e.published_at.is_not(None),
    e.ends_at <= bindparam("now"),
    unindexed(e.status) == literal(Status.SCHEDULED),
)
NEWEST_FIRST = (RESULTS.c.published_at.desc(), RESULTS.c.item_id.desc())

_organization = Organization.__table__
_hosts = EventHost.__table__.c
_THIS: Final = (
    select(_organization.c.id).where(_organization.c.slug == bindparam("slug")).scalar_subquery()
)


def _latest(hosting: Select[tuple[int, datetime]]) -> Select[Any]:
    """Return the latest of some events that have taken place, read from the end of an index."""
    counted = hosting.where(
        *IS_OVER_OF_FEW,
        e.starts_at > bindparam("since"),
        # Follows from the end, and lets the index skip all that is still to come.
        e.starts_at < bindparam("now"),
    )
    return select(counted.order_by(*LATEST_FIRST).limit(rules.MAX_COUNTED).subquery())


# Founded and joined apart: with "or" between them, all that was ever held is read.
_hosted = union(
    _latest(select(e.id, e.starts_at).where(e.organization_id == _THIS)),
    _latest(
        select(e.id, e.starts_at)
        .join(EventHost.__table__, _hosts.event_id == e.id)
        .where(_hosts.organization_id == _THIS, _hosts.state == HostState.ACCEPTED.value)
    ),
).subquery()
_counted = (
    select(_hosted.c.id)
    .order_by(_hosted.c.starts_at.desc(), _hosted.c.id.desc())
    .limit(rules.MAX_COUNTED)
    .subquery()
)
_share = (
    select(func.count(RESULTS.c.item_id).label("published"), func.count().label("past"))
    .select_from(_counted)
    .outerjoin(
        RESULTS,
        and_(RESULTS.c.item_kind == ItemKind.EVENT.value, RESULTS.c.item_id == _counted.c.id),
    )
    .subquery()
)
_WITH_SHARE = (
    select(Organization, _share.c.published, _share.c.past)
    .join(_share, true())
    .where(Organization.slug == bindparam("slug"))
)


def organization_with_share(db: Session, slug: str, now: datetime) -> tuple[Organization, Share]:
    """Return an organisation, and of how many public events of two years it told results.

    Of the latest `rules.MAX_COUNTED` if there are more. In one question, since its page asks
    enough of them.
    """
    values = {"slug": slug, "now": now, "since": now - rules.COUNTED_FOR}
    row = db.execute(_WITH_SHARE, values).one_or_none()
    if row is None:
        raise NotFoundError
    return row.Organization, Share(row.published, row.past)


def unasked(db: Session, now: datetime) -> Sequence[Event]:
    """Public events a week after their end of which nobody has told, nor been asked."""
    return db.scalars(
        select(Event)
        .where(
            Event.status == Status.SCHEDULED.value,
            Event.ends_at <= now - rules.REQUESTED_AFTER,
            Event.ends_at > now - rules.NOT_REQUESTED_AFTER,
            Event.visibility == Visibility.PUBLIC.value,
            Event.published_at.is_not(None),
            *(
                ~exists().where(known.item_kind == ItemKind.EVENT.value, known.item_id == Event.id)
                for known in (Result, ResultReminder)
            ),
        )
        .order_by(Event.ends_at, Event.id)
        .limit(BATCH)
    ).all()
