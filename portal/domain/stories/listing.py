"""Lists of public stories, newest first, and of what its own people write."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, bindparam, exists, or_, select, union_all
from sqlalchemy.orm import Session

from portal.db.query_hints import limit_param, unindexed
from portal.domain.accounts.people.models import Person
from portal.domain.events.hosts import EVENTS
from portal.domain.events.queries import EVENT_ROWS, EventRow, fetch_event_rows
from portal.domain.events.related import (
    INITIATIVE_LINK,
    INITIATIVES,
    IS_PUBLIC,
    InitiativeLink,
    initiative_from,
)
from portal.domain.publishing.feed_items import Narrowing
from portal.domain.publishing.publication import Visibility
from portal.domain.stories.models import Author, ChangeRequest, State, StoryEvent, StoryTag
from portal.domain.stories.queries import STORIES, STORY_ROWS, StoryRow, fetch_story_rows

s = STORIES.c
tags, authors = StoryTag.__table__.c, Author.__table__.c
PAGE_SIZE = 20
MAX_IN_WORKFLOW = 100
# On an event's page and on an initiative's line of time; the rest stands in the lists.
MAX_RELATED = 50
NEWEST_FIRST = (s.published_at.desc(), s.id.desc())
_LAST_CHANGED_FIRST = (s.changed_at.desc(), s.id.desc())


# Only what is signed with the name on the author's page.
SIGNED: Final = (
    s.author_id == bindparam("author_id"),
    s.byline
    == select(authors.byline).where(authors.person_id == bindparam("author_id")).scalar_subquery(),
)


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; None means all."""

    tag: str | None = None
    language: str | None = None
    organization_id: int | None = None
    author_id: int | None = None


def public(statement: Select[Any]) -> Select[Any]:
    """Return a statement about stories, narrowed to what everybody may see."""
    return statement.where(s.visibility == Visibility.PUBLIC.value, s.published_at.is_not(None))


def public_ids(asked: Collection[str]) -> Select[tuple[int]]:
    """Return ids of public stories from an index, narrowed to a Narrowing."""
    ids = public(select(s.id))
    if "organization_id" in asked:
        ids = ids.where(s.organization_id.in_(bindparam("organization_ids", expanding=True)))
    if "author_id" in asked:
        ids = ids.where(*SIGNED)
    if "tag" in asked:
        # Looked up for each that comes: a list of all under a topic would be made each time.
        ids = ids.where(exists().where(tags.story_id == s.id, tags.tag == bindparam("tag")))
    return ids.order_by(*NEWEST_FIRST).limit(limit_param())


@cache
def _page_statement(asked: frozenset[str]) -> Select[tuple[object, ...]]:
    """Build a statement for each shape of a filter; ids first, since columns are wide."""
    ids = public_ids(asked).offset(bindparam("skip"))
    if "language" in asked:
        ids = ids.where(s.languages.like(bindparam("language")))
    return STORY_ROWS.where(s.id.in_(select(ids.subquery().c.id))).order_by(*NEWEST_FIRST)


def page_of(db: Session, filters: Filters, page: int = 1) -> tuple[list[StoryRow], bool]:
    """Return twenty stories of a list, and whether there are more."""
    asked = frozenset(name for name, value in vars(filters).items() if value is not None)
    values = Narrowing(filters.tag, filters.organization_id, filters.author_id).values()
    if filters.language is not None:
        values["language"] = f"%|{filters.language}|%"
    return _paged(db, _page_statement(asked), page, **values)


def _paged(
    db: Session, statement: Select[tuple[object, ...]], page: int, **values: object
) -> tuple[list[StoryRow], bool]:
    found = fetch_story_rows(
        db, statement, limit=PAGE_SIZE + 1, skip=(page - 1) * PAGE_SIZE, **values
    )
    return found[:PAGE_SIZE], len(found) > PAGE_SIZE


def latest(db: Session, limit: int) -> list[StoryRow]:
    """Return the newest public stories."""
    return fetch_story_rows(db, _page_statement(frozenset()), limit=limit, skip=0)


_IN_WORKFLOW = (
    STORY_ROWS.order_by(*_LAST_CHANGED_FIRST).limit(limit_param()).offset(bindparam("skip"))
)
_OWN = _IN_WORKFLOW.where(
    s.author_id == bindparam("person_id"),
    or_(s.is_by_author, s.organization_id.in_(bindparam("organization_ids", expanding=True))),
)
# A member's story is seen by the organisation's people once it has been handed in.
_OF_ORGANIZATIONS = _IN_WORKFLOW.where(
    s.organization_id.in_(bindparam("organization_ids", expanding=True)),
    or_(s.is_by_author.is_(False), s.state.not_in([State.DRAFT.value, State.RETURNED.value])),
)
_SUBMITTED = s.state == State.SUBMITTED.value
_WAITING = STORY_ROWS.where(_SUBMITTED).order_by(s.changed_at, s.id).limit(MAX_IN_WORKFLOW)


def own(
    db: Session, person: Person, edited: Collection[int], page: int = 1
) -> tuple[list[StoryRow], bool]:
    """Return a writer's own stories, last changed first, and whether there are more."""
    return _paged(db, _OWN, page, person_id=person.id, organization_ids=list(edited))


def of_organizations(
    db: Session, edited: Collection[int], page: int = 1
) -> tuple[list[StoryRow], bool]:
    """Return all stories of some organisations, for their editors."""
    return _paged(db, _OF_ORGANIZATIONS, page, organization_ids=list(edited))


def waiting(db: Session, edited: Collection[int], *, of_the_portal: bool) -> list[StoryRow]:
    """Return what waits for an answer of these or the portal's editors, oldest first."""
    theirs = s.organization_id.in_(list(edited))
    portals = s.organization_id.is_(None)
    mine = or_(theirs, portals) if of_the_portal else theirs
    return fetch_story_rows(db, _WAITING.where(mine))


_change_requests = ChangeRequest.__table__.c
_PROPOSED = (
    STORY_ROWS.join(ChangeRequest.__table__, _change_requests.story_id == s.id)
    .order_by(_change_requests.proposed_at, s.id)
    .limit(MAX_IN_WORKFLOW)
)


def proposed(db: Session, edited: Collection[int], *, of_the_portal: bool) -> list[StoryRow]:
    """Return accepted stories with proposed changes to answer, oldest first."""
    theirs = s.organization_id.in_(list(edited))
    mine = or_(theirs, s.organization_id.is_(None)) if of_the_portal else theirs
    return fetch_story_rows(db, _PROPOSED.where(mine))


_RELATED = EVENT_ROWS.where(
    unindexed(EVENTS.c.visibility) == Visibility.PUBLIC.value, EVENTS.c.published_at.is_not(None)
).order_by(EVENTS.c.starts_at, EVENTS.c.id)
_named = StoryEvent.__table__.c
_RELATED_TO_STORY = _RELATED.where(
    EVENTS.c.id.in_(select(_named.event_id).where(_named.story_id == bindparam("story_id")))
)
_RELATED_BY_SLUG = _RELATED.where(EVENTS.c.slug.in_(bindparam("slugs", expanding=True)))


def related_events(db: Session, story: StoryRow) -> list[EventRow]:
    """Return the events a story names, as far as everybody may see them, in order of time."""
    return fetch_event_rows(db, _RELATED_TO_STORY, story_id=story.id)


_ABOUT = (
    STORY_ROWS.where(
        unindexed(s.visibility) == Visibility.PUBLIC.value, s.published_at.is_not(None)
    )
    .order_by(*NEWEST_FIRST)
    .limit(MAX_RELATED)
)
_ABOUT_EVENT = _ABOUT.where(
    s.id.in_(select(_named.story_id).where(_named.event_id == bindparam("event_id")))
)
_naming = STORIES.alias().c
# Together, and not each by itself with an "or" between: that would read all stories there are.
_REPORTING = union_all(
    select(_naming.id).where(_naming.initiative_id == bindparam("initiative_id")),
    select(_named.story_id)
    .join_from(StoryEvent.__table__, EVENTS, EVENTS.c.id == _named.event_id)
    .where(
        EVENTS.c.initiative_id == bindparam("initiative_id"),
        unindexed(EVENTS.c.visibility) == Visibility.PUBLIC.value,
        EVENTS.c.published_at.is_not(None),
    ),
)
_ABOUT_INITIATIVE = _ABOUT.where(s.id.in_(_REPORTING))


def about_event(db: Session, event_id: int) -> list[StoryRow]:
    """Public stories that tell of an event, the newest first."""
    return fetch_story_rows(db, _ABOUT_EVENT, event_id=event_id)


def about_initiative(db: Session, initiative_id: int) -> list[StoryRow]:
    """Public stories that tell of an initiative or of its public events, the newest first."""
    return fetch_story_rows(db, _ABOUT_INITIATIVE, initiative_id=initiative_id)


_LINE_CALLED = select(*INITIATIVE_LINK).where(INITIATIVES.c.slug == bindparam("slug"), IS_PUBLIC)


def line_called(db: Session, slug: str) -> InitiativeLink | None:
    """Return the public initiative that a story names which is being written."""
    row = db.execute(_LINE_CALLED, {"slug": slug}).one_or_none()
    return initiative_from(row) if row else None


def events_called(db: Session, slugs: Collection[str]) -> list[EventRow]:
    """Return the events named by a story that is being written."""
    return fetch_event_rows(db, _RELATED_BY_SLUG, slugs=list(slugs)) if slugs else []
