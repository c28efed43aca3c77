"""What everybody may read back later: an event's public words and facts, at every change."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.domain.events.models import Event, EventHost, HostState
from portal.domain.events.related import answers_of
from portal.domain.events.rules import is_public
from portal.domain.organizations.models import Organization
from portal.domain.publishing.images.queries import shown_in
from portal.domain.publishing.revisions import actions as history
from portal.domain.publishing.revisions.rules import Fact


def note(db: Session, event: Event, now: datetime, *, is_small_fix: bool = False) -> None:
    """Records a published event as it is now; for the same transaction as the change.

    Join links and numbers of places are nobody's to read back, and are left out.
    """
    if event.published_at is None:
        return
    db.flush()
    is_new = history.record(
        db,
        ItemKind.EVENT,
        event.id,
        _facts(db, event),
        now,
        is_public=is_public(event),
    )
    if is_new and is_small_fix:
        history.note_small_fix(db, ItemKind.EVENT, event.id)
    event.editions += is_new and is_public(event)
    # Whoever locks the event next in this transaction reads it afresh.
    db.flush()


def _facts(db: Session, event: Event) -> dict[str, Fact]:
    texts = {
        "title": event.title,
        "summary": event.summary,
        "description": event.description,
        "venue": event.venue,
        "funding_note": event.funding_note,
    }
    return {
        **{name: text.texts() for name, text in texts.items()},
        "time": [
            event.starts_wall.isoformat(timespec="minutes"),
            event.ends_wall.isoformat(timespec="minutes"),
            event.time_zone,
        ],
        "attendance_mode": event.attendance_mode,
        "hosts": _host_slugs(db, event),
        "funding": event.funding,
        "status": event.status,
        **{name: text.texts() for name, text in answers_of(db, event.id).items()},
        **shown_in(db, ItemKind.EVENT, event.id, event.description_html),
    }


def _host_slugs(db: Session, event: Event) -> list[str]:
    """Slugs, since they stay while names change."""
    founder = db.get_one(Organization, event.organization_id)
    joined = (
        select(Organization.slug)
        .join(EventHost, EventHost.organization_id == Organization.id)
        .where(EventHost.event_id == event.id, EventHost.state == HostState.ACCEPTED.value)
        .order_by(Organization.slug)
    )
    return [founder.slug, *db.scalars(joined)]
