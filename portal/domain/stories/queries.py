"""The only door to stories, and what their pages say: what one may not see is not found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, literal_column, or_, select
from sqlalchemy.orm import Session, selectinload

from portal.content.picture_html import Picture
from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotAllowedError, NotFoundError
from portal.db.rows import columns_of, reader
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.rules import may_moderate
from portal.domain.events.models import Event
from portal.domain.events.related import (
    INITIATIVE_LINK,
    INITIATIVES,
    IS_PUBLIC,
    InitiativeLink,
    initiative_from,
)
from portal.domain.organizations.models import Organization
from portal.domain.organizations.queries import memberships_of, role_of
from portal.domain.organizations.rules import may_edit
from portal.domain.publishing.images.queries import IMAGES, PICTURE, is_cover_of, picture_from
from portal.domain.publishing.publication import is_public
from portal.domain.publishing.translation_progress.models import TranslationProgress
from portal.domain.publishing.translation_progress.queries import COUNTS, counts_from, counts_in
from portal.domain.publishing.translation_progress.rules import Counts
from portal.domain.stories import rules
from portal.domain.stories.models import (
    Author,
    Autosave,
    ChangeRequest,
    State,
    Story,
    StoryEvent,
    StoryTag,
)
from portal.domain.stories.rules import NOBODY, Facts, Part, Parts
from portal.i18n.locale import current_language
from portal.i18n.translated import Translated


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A story as lists and pages show it: columns, since an entity costs eight times as much."""

    id: int
    slug: str
    title: Translated
    summary: Translated
    byline: str
    state: str
    is_by_author: bool
    author_id: int | None
    visibility: str
    published_at: datetime | None
    changed_at: datetime
    publish_at: datetime | None
    time_zone: str
    comments: str
    languages: str
    organization_id: int | None
    organization_slug: str | None
    organization_name: Translated | None
    organization_verified_until: datetime | None
    author_slug: str | None
    joined_tags: str | None

    @property
    def tags(self) -> list[str]:
        """Topics."""
        return sorted(self.joined_tags.split(",")) if self.joined_tags else []


# Tables, not entities: with a mapped attribute anywhere in it, a statement takes the slower road.
STORIES = Story.__table__
_organizations, _authors = Organization.__table__, Author.__table__
_tags = StoryTag.__table__.c
_COMMA: Any = literal_column("','")
_JOINED_TAGS = (
    select(func.aggregate_strings(_tags.tag, _COMMA))
    .where(_tags.story_id == STORIES.c.id)
    .correlate(STORIES)
    .scalar_subquery()
)
STORY_ROWS = (
    select(
        *columns_of(StoryRow, STORIES),
        _organizations.c.slug.label("organization_slug"),
        _organizations.c.name.label("organization_name"),
        _organizations.c.verified_until.label("organization_verified_until"),
        _authors.c.slug.label("author_slug"),
        _JOINED_TAGS.label("joined_tags"),
    )
    .outerjoin_from(STORIES, _organizations, _organizations.c.id == STORIES.c.organization_id)
    # A name typed once only does not lead to the page of whoever has typed it.
    .outerjoin(
        _authors,
        and_(_authors.c.person_id == STORIES.c.author_id, _authors.c.byline == STORIES.c.byline),
    )
)
story_from = reader(StoryRow)


def fetch_story_rows(
    db: Session, statement: Select[tuple[object, ...]], **values: object
) -> list[StoryRow]:
    """Run a statement grown from SHOWN."""
    return [story_from(row) for row in db.execute(statement, values)]


def parts_in(db: Session, person: Person | None, story: Story | StoryRow) -> Parts:
    """Return what somebody is to a story now; every door asks, on every request."""
    if person is None:
        return NOBODY
    parts = set()
    if story.is_by_author and story.author_id == person.id:
        parts.add(Part.AUTHOR)
    if story.organization_id is None:
        if may_moderate(person):
            parts.add(Part.PORTAL)
    elif may_edit(role_of(db, person, story.organization_id)):
        parts.add(Part.EDITOR)
    return frozenset(parts)


def story_for(db: Session, visitor: Person | None, slug: str) -> Story:
    """Return a story to do something with, for whoever may see it."""
    return _visible_story(db, visitor, slug)[0]


def story_in_workflow(db: Session, person: Person, slug: str) -> tuple[Story, Parts]:
    """Return a story for those who have a part in it, and which part that is."""
    story, parts = _visible_story(db, person, slug)
    if not parts:
        raise NotFoundError
    return story, parts


def story_to(
    db: Session,
    person: Person,
    slug: str,
    may: Callable[[Facts, Parts], bool],
    *,
    to_read: bool = False,
) -> Story:
    """Return a story for whoever may do this with it; in order to write, theirs until the commit.

    Raises NotNowError for those who could, were the story still where they have seen it.
    """
    story, parts = story_in_workflow(db, person, slug)
    if not to_read:
        lock(db, story)
    if may(story, parts):
        return story
    moved = (_Moved(each.value, story.is_by_author, story.organization_id) for each in State)
    if any(may(each, parts) for each in moved):
        raise rules.NotNowError
    raise NotAllowedError


@dataclass(frozen=True, slots=True)
class _Moved:
    """A story as it would be in another state."""

    state: str
    is_by_author: bool
    organization_id: int | None
    visibility: str = "public"
    published_at: datetime | None = None


def _visible_story(db: Session, visitor: Person | None, slug: str) -> tuple[Story, Parts]:
    story = db.scalars(
        select(Story)
        .where(Story.slug == slug)
        .options(selectinload(Story.tags), selectinload(Story.events))
    ).one_or_none()
    if story is None:
        raise NotFoundError
    parts = parts_in(db, visitor, story)
    if not rules.may_see(story, parts):
        raise NotFoundError
    return story, parts


_COLUMN_NAMES = [attribute.key for attribute in Story.__mapper__.column_attrs]


def lock(db: Session, story: Story) -> Story:
    """Read a story afresh and hold its row on PostgreSQL, so that two saves come in order."""
    db.refresh(story, _COLUMN_NAMES, with_for_update=True)
    return story


def related_slugs(db: Session, story: Story) -> list[str]:
    """Return the events a story names, in its order."""
    return list(
        db.scalars(
            select(Event.slug)
            .join(StoryEvent, StoryEvent.event_id == Event.id)
            .where(StoryEvent.story_id == story.id)
            .order_by(StoryEvent.position)
        )
    )


def related_initiative(db: Session, story: Story) -> str:
    """Return the initiative a story names, whoever may see it; empty if none."""
    named = select(INITIATIVES.c.slug).where(INITIATIVES.c.id == story.initiative_id)
    return "" if story.initiative_id is None else db.scalars(named).one()


def autosave_of(db: Session, person: Person, story: Story) -> Autosave | None:
    """Return what somebody has typed into the story's form and not saved."""
    return db.get(Autosave, (story.id, person.id))


def change_request_of(db: Session, story: Story) -> ChangeRequest | None:
    """Return what its author wants to change in it, read afresh."""
    return db.get(ChangeRequest, story.id, populate_existing=True)


def proposed_by(db: Session, person: Person) -> Sequence[ChangeRequest]:
    """Return all changes that somebody has proposed and nobody has answered."""
    return db.scalars(select(ChangeRequest).where(ChangeRequest.person_id == person.id)).all()


def edited_by(db: Session, person: Person) -> list[Organization]:
    """Organisations whose stories somebody writes and publishes, by slug."""
    return [found for found, role in memberships_of(db, person) if may_edit(role)]


def stories_of_author(db: Session, person: Person) -> Sequence[Story]:
    """Return all that somebody has written, for the archive of whoever asks."""
    return db.scalars(select(Story).where(Story.author_id == person.id).order_by(Story.id)).all()


def autosaves_of_person(db: Session, person: Person) -> Sequence[Autosave]:
    """Return all that somebody has typed and not saved."""
    return db.scalars(select(Autosave).where(Autosave.person_id == person.id)).all()


def due(db: Session, now: datetime) -> Sequence[int]:
    """Ids of scheduled stories whose hour has come, but for those of suspended organisations."""
    suspended = select(Organization.id).where(Organization.suspended_at.is_not(None))
    return db.scalars(
        select(Story.id)
        .where(
            Story.state == State.SCHEDULED.value,
            Story.publish_at <= now,
            Story.hidden_for.is_(None),
            or_(Story.organization_id.is_(None), Story.organization_id.not_in(suspended)),
        )
        .order_by(Story.publish_at, Story.id)
    ).all()


@dataclass(frozen=True, slots=True)
class StoryDetail:
    """What only the story's own page says."""

    editions: int
    sources: list[dict[str, str]]
    funding: str | None
    funding_note: Translated
    body: Translated
    body_html: dict[str, str]
    # How far it is translated into the reader's language.
    counts: Counts | None
    line: InitiativeLink | None
    cover: Picture | None


_OF_STORY = and_(INITIATIVES.c.id == STORIES.c.initiative_id, IS_PUBLIC)
_PAGE = (
    STORY_ROWS.add_columns(*columns_of(StoryDetail, STORIES), *COUNTS, *INITIATIVE_LINK, *PICTURE)
    .outerjoin_from(STORIES, TranslationProgress.__table__, counts_in(ItemKind.STORY, STORIES.c.id))
    .outerjoin_from(STORIES, INITIATIVES, _OF_STORY)
    .outerjoin_from(STORIES, IMAGES, is_cover_of(ItemKind.STORY, STORIES.c.id))
    .where(STORIES.c.slug == bindparam("slug"))
)
_detail_of = reader(StoryDetail, counts=counts_from, line=initiative_from, cover=picture_from)


def story_page(db: Session, visitor: Person | None, slug: str) -> tuple[StoryRow, StoryDetail]:
    """Return a story and what its page says beside it, for whoever may see it."""
    row = db.execute(_PAGE, {"slug": slug, "language": current_language.get()}).one_or_none()
    if row is None:
        raise NotFoundError
    story = story_from(row)
    if not is_public(story) and not rules.may_see(story, parts_in(db, visitor, story)):
        raise NotFoundError
    return story, _detail_of(row)
