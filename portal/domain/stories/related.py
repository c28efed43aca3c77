"""The events that a story names, as its writers name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.domain.events.models import Event
from portal.domain.events.queries import event_for
from portal.domain.stories import rules
from portal.domain.stories.models import StoryEvent
from portal.refusals import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from portal.domain.people.models import Person
    from portal.domain.stories.models import Story


def event_ids(db: Session, person: Person | None, story: Story, slugs: Sequence[str]) -> list[int]:
    """Ids of events by slug: those the writer sees, and those that are named already.

    Raises EventUnknownError at the field of the first that is neither.
    """
    known = _named_ids(db, story)
    found = []
    for number, slug in enumerate(dict.fromkeys(slugs), start=1):
        try:
            found.append(known.get(slug) or event_for(db, person, slug).id)
        except NotFoundError:
            raise rules.EventUnknownError(f"event_{number}") from None
    return found


def _named_ids(db: Session, story: Story) -> dict[str, int]:
    """Events by slug that a story names already; some may be hidden from this writer."""
    rows = db.execute(
        select(Event.slug, Event.id)
        .join(StoryEvent, StoryEvent.event_id == Event.id)
        .where(StoryEvent.story_id == story.id)
    )
    return {slug: event_id for slug, event_id in rows}  # noqa: C416 - rows
