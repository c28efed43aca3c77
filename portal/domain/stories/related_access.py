"""Side doors to stories: for whoever gives them pictures, and for translators."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from portal.core.refusals import NotAllowedError, NotFoundError
from portal.db.query_hints import written
from portal.domain.accounts.people.models import Person
from portal.domain.organizations.queries import role_of
from portal.domain.publishing.publication import Visibility
from portal.domain.stories import rules
from portal.domain.stories.models import Story
from portal.domain.stories.queries import STORIES, parts_in, story_to


def illustrated_story(db: Session, person: Person, slug: str) -> Story:
    """A story for those who give it pictures."""
    try:
        return story_to(db, person, slug, rules.may_illustrate, to_read=True)
    except rules.NotNowError:
        raise NotAllowedError from None


def translated_story(db: Session, person: Person, slug: str) -> Story:
    """A story for those who put its words into other languages, drafts too."""
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
        STORIES.c.visibility == written(Visibility.PUBLIC),
    )


def may_see_story(db: Session, visitor: Person | None, story_id: int) -> bool:
    """Whether somebody may see a story, and so whatever belongs to it."""
    story = db.get(Story, story_id)
    return story is not None and rules.may_see(story, parts_in(db, visitor, story))
