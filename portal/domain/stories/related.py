"""What a story names, and the side doors to it for whoever gives it pictures or translates it."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from portal.core.refusals import NotAllowedError, NotFoundError, Refusal
from portal.db.query_hints import literal
from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Event
from portal.domain.events.queries import event_for
from portal.domain.events.related import INITIATIVES, IS_PUBLIC
from portal.domain.organizations.queries import role_of
from portal.domain.publishing.publication import Visibility
from portal.domain.stories import rules
from portal.domain.stories.models import Story, StoryEvent
from portal.domain.stories.queries import STORIES, parts_in, related_initiative, story_to
from portal.i18n.locale import gettext_lazy as _


class EventUnknownError(Refusal):
    """No event of this name that the writer can see."""

    message = _("There is no such event. Copy its address from its page.")


class InitiativeUnknownError(Refusal):
    """No public initiative of this name."""

    message = _("There is no such initiative. Copy its address from its page.")


def event_ids(db: Session, person: Person | None, story: Story, slugs: Sequence[str]) -> list[int]:
    """Return ids of events by slug that the writer sees or had named; raise EventUnknownError."""
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
    """Return the id of a public initiative by slug, or None; raise InitiativeUnknownError."""
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


def story_for_pictures(db: Session, person: Person, slug: str) -> Story:
    """Return a story for those who give it pictures."""
    try:
        return story_to(db, person, slug, rules.may_illustrate, to_read=True)
    except rules.NotNowError:
        raise NotAllowedError from None


def translated_story(db: Session, person: Person, slug: str) -> Story:
    """Return a story for those who put its words into other languages, drafts too."""
    story = db.scalars(select(Story).where(Story.slug == slug)).one_or_none()
    if story is None:
        raise NotFoundError
    parts, organization_id = parts_in(db, person, story), story.organization_id
    role = None if organization_id is None else role_of(db, person, organization_id)
    if not rules.may_work_on(story, parts, role):
        raise NotFoundError
    if not rules.may_translate(story, parts, role):
        raise NotAllowedError
    return story


def is_public_story(story_id: ColumnElement[int]) -> ColumnElement[bool]:
    """`is_public` in a statement about something else that belongs to a story."""
    return exists().where(
        STORIES.c.id == story_id,
        STORIES.c.published_at.is_not(None),
        STORIES.c.visibility == literal(Visibility.PUBLIC),
    )


def may_see_story(db: Session, visitor: Person | None, story_id: int) -> bool:
    """Return whether somebody may see a story, and so whatever belongs to it."""
    story = db.get(Story, story_id)
    return story is not None and rules.may_see(story, parts_in(db, visitor, story))
