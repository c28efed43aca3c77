"""Events whose places are given: locked at once, and without their texts."""

from weakref import WeakSet

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, load_only

from portal.core.refusals import NotFoundError
from portal.domain.events.models import Event
from portal.domain.events.queries import refresh_seats

# What is asked of an event before a place is given: the long texts take longer than all the rest.
_NEEDED = (
    *("id", "slug", "organization_id", "visibility", "published_at", "status"),
    *("starts_at", "ends_at", "availability"),
)
_WITH_PLACES = (
    select(Event)
    .options(
        load_only(*(getattr(Event, name) for name in _NEEDED)),
        joinedload(Event.seats, innerjoin=True),
    )
    .where(Event.slug == bindparam("slug"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
# In a session's notes: the events whose places its transaction has locked.
_LOCKED = "locked"


def event_with_places(db: Session, slug: str) -> Event:
    """Return an event to give places of: locked at once, without its texts, whoever asks."""
    event = db.scalars(_WITH_PLACES, {"slug": slug}).one_or_none()
    if event is None:
        raise NotFoundError
    _locked(db).add(event)
    return event


def lock_places(db: Session, event: Event) -> Event:
    """`lock` for whoever decides about places alone; twice is once."""
    locked = _locked(db)
    if event not in locked:
        db.refresh(event, _NEEDED, with_for_update=True)
        refresh_seats(db, event)
        locked.add(event)
    return event


def _locked(db: Session) -> WeakSet[Event]:
    """Return the events that this session has locked and still holds in memory."""
    found: WeakSet[Event] = db.info.setdefault(_LOCKED, WeakSet())
    return found
