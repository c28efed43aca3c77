"""The events and the initiative that a story names, as its writers name them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.refusals import NotFoundError, Refusal
from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Event
from portal.domain.events.queries import event_for
from portal.domain.events.related import INITIATIVES, IS_PUBLIC
from portal.domain.stories.models import Story, StoryEvent
from portal.domain.stories.queries import related_initiative
from portal.i18n.locale import gettext_lazy as _


class EventUnknownError(Refusal):
    """No event of this name that the writer can see."""

    message = _("There is no such event. Copy its address from its page.")


class InitiativeUnknownError(Refusal):
    """No public initiative of this name."""

    message = _("There is no such initiative. Copy its address from its page.")


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
            raise EventUnknownError(f"event_{number}") from None
    return found


def _named_ids(db: Session, story: Story) -> dict[str, int]:
    """Events by slug that a story names already; some may be hidden from this writer."""
    rows = db.execute(
        select(Event.slug, Event.id)
        .join(StoryEvent, StoryEvent.event_id == Event.id)
        .where(StoryEvent.story_id == story.id)
    )
    return {slug: event_id for slug, event_id in rows}  # noqa: C416 - rows


def initiative_id(db: Session, story: Story, slug: str) -> int | None:
    """The id of a public initiative by slug, or of the one that is named already; None for none.

    Raises InitiativeUnknownError at its field.
    """
    if not slug:
        return None
    if story.initiative_id is not None and slug == related_initiative(db, story):
        return story.initiative_id
    found: int | None = db.scalar(
        select(INITIATIVES.c.id).where(INITIATIVES.c.slug == slug, IS_PUBLIC)
    )
    if found is None:
        raise InitiativeUnknownError("initiative")
    return found
