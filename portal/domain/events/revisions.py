"""What everybody may read back later: an event's public words and facts, at every change."""

from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.domain.events.hosts import HOSTS
from portal.domain.events.models import Event
from portal.domain.events.related import answers_of
from portal.domain.publishing.images.queries import image_keys_in
from portal.domain.publishing.revisions import actions as history
from portal.domain.publishing.revisions.rules import Fact


def record_revision(
    db: Session, event: Event, now: datetime, *, is_small_fix: bool = False
) -> None:
    """Record a published event, in the same transaction, without join links and seats."""
    facts = partial(_facts, db, event)
    history.add_revision(db, ItemKind.EVENT, event, facts, now, is_small_fix=is_small_fix)


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
        "hosts": HOSTS.slugs(db, event),
        "funding": event.funding,
        "status": event.status,
        **{name: text.texts() for name, text in answers_of(db, event.id).items()},
        **image_keys_in(db, ItemKind.EVENT, event.id, event.description_html),
    }
