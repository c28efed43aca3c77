"""Stories, their tags and related events, what is typed and not saved, authors and comments."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db.columns import PRIVATE, one_of, references
from portal.db.engine import Base
from portal.db.types import WallTime
from portal.domain.events.models import Funding
from portal.domain.publishing.publication import Publication
from portal.i18n.translated import Translated


class State(StrEnum):
    """How far a story has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"  # waits for an editor of those it is written for
    RETURNED = "returned"  # given back with a note
    SCHEDULED = "scheduled"  # accepted, and waits for its hour
    PUBLISHED = "published"


class CommentMode(StrEnum):
    """Whether readers may comment."""

    OFF = "off"
    MODERATED = "moderated"  # shown once an editor has read it
    OPEN = "open"


class CommentState(StrEnum):
    """Whether a comment is shown."""

    WAITING = "waiting"
    VISIBLE = "visible"
    HIDDEN = "hidden"  # by the story's editors
    WITHHELD = "withheld"  # by the moderators
    REMOVED = "removed"  # by its writer; nothing is left of it but its place


class Story(Publication, Base):
    """A story of an organisation, or of a member.

    One of a member's own (`is_by_author`) is the member's alone until it is submitted to its
    organisation or, without one, to the portal.
    """

    __tablename__ = "stories"
    __table_args__ = (
        one_of("state", State),
        one_of("comments", CommentMode),
        CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)", name="published_wholly"
        ),
        one_of("funding", Funding),
        CheckConstraint("is_by_author OR organization_id IS NOT NULL", name="of_somebody"),
        # What everybody's lists are read from.
        Index("ix_stories_listed", "visibility", "published_at", "id"),
        # What organisations and authors have told, without touching the table.
        Index(
            "ix_stories_of_organization",
            *("organization_id", "published_at", "id", "visibility", "languages"),
        ),
        Index(
            "ix_stories_author_id",
            *("author_id", "published_at", "id", "visibility", "byline"),
        ),
        # What the worker looks for.
        Index("ix_stories_due", "state", "publish_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    organization_id: Mapped[int | None] = references("organizations.id")
    # The line of work it tells of; initiatives stand above stories, so only by the table's name.
    initiative_id: Mapped[int | None] = references(
        "initiatives.id", ondelete="SET NULL", index=True
    )
    is_by_author: Mapped[bool]
    author_id: Mapped[int | None] = references("people.id", ondelete="SET NULL")
    # Names of people are sealed; this one is public, because its bearer has typed it here.
    byline: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(10), default=State.DRAFT.value)
    # What an editor has said when giving it back.
    note: Mapped[str] = mapped_column(Text, default="")
    submitted_at: Mapped[datetime | None]
    # When it shall appear, as typed, and the instant derived from it.
    publish_wall: Mapped[datetime | None] = mapped_column(WallTime)
    time_zone: Mapped[str] = mapped_column(String(64))
    publish_at: Mapped[datetime | None]
    comments: Mapped[str] = mapped_column(String(10), default=CommentMode.MODERATED.value)
    # Who saved it last, so that two editors at once are told of each other.
    saved_by_id: Mapped[int | None] = references("people.id", ondelete="SET NULL", index=True)
    # The languages it can be read in, as "|kk|ru|", for lists to be narrowed by.
    languages: Mapped[str] = mapped_column(String(40), default="")
    title: Mapped[Translated]
    summary: Mapped[Translated]
    # Who pays for it; of a story from before it was asked, nothing is known.
    funding: Mapped[str | None] = mapped_column(String(12))
    funding_note: Mapped[Translated]
    # Claims and where they come from: objects with "label" and "url".
    sources: Mapped[list[Any]] = mapped_column(JSON, default=list)
    # The long texts stand last, so that lists need not read past them to reach other columns.
    body: Mapped[Translated]
    # Language to sanitised HTML, derived from `body` when it is saved (portal.content.markdown).
    body_html: Mapped[dict[str, Any]]

    tags: Mapped[list["StoryTag"]] = relationship(
        cascade="all, delete-orphan", lazy="raise", order_by="StoryTag.tag"
    )
    events: Mapped[list["StoryEvent"]] = relationship(
        cascade="all, delete-orphan", lazy="raise", order_by="StoryEvent.position"
    )


class StoryTag(Base):
    """One of the portal's tags (events.vocabulary.TAGS) on a story."""

    __tablename__ = "story_tags"

    story_id: Mapped[int] = references("stories.id", primary_key=True)
    tag: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)


class StoryEvent(Base):
    """An event that a story tells of."""

    __tablename__ = "story_events"

    story_id: Mapped[int] = references("stories.id", primary_key=True)
    event_id: Mapped[int] = references("events.id", primary_key=True, index=True)
    position: Mapped[int]


class Autosave(Base):
    """What somebody has typed into a story's form and not saved; nobody else ever sees it."""

    __tablename__ = "story_autosaves"
    __table_args__ = PRIVATE

    story_id: Mapped[int] = references("stories.id", primary_key=True)
    person_id: Mapped[int] = references("people.id", primary_key=True, index=True)
    # Of the story's revision that the form was opened with.
    revision: Mapped[int]
    saved_at: Mapped[datetime]
    typed: Mapped[dict[str, Any]]


class ChangeRequest(Base):
    """How the author of a member's story, once accepted, wants it to be; an editor decides."""

    __tablename__ = "story_change_requests"
    __table_args__ = PRIVATE

    story_id: Mapped[int] = references("stories.id", primary_key=True)
    person_id: Mapped[int] = references("people.id", index=True)
    proposed_at: Mapped[datetime]
    # Rises whenever the author proposes something else, so that nobody accepts what is unread.
    number: Mapped[int]
    # The form's fields that differ from the story; all others stay as they are by then.
    typed: Mapped[dict[str, Any]]


class Author(Base):
    """A person who has chosen to have a page that lists what they sign with this name."""

    __tablename__ = "authors"

    person_id: Mapped[int] = references("people.id", primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    byline: Mapped[str] = mapped_column(String(80))
    since: Mapped[datetime]


class Comment(Base):
    """What a reader says below a story; public by intent, under a name typed for it."""

    __tablename__ = "comments"
    __table_args__ = (
        one_of("state", CommentState),
        Index("ix_comments_of_story", "story_id", "posted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    story_id: Mapped[int] = references("stories.id")
    # What it answers: a comment that answers none itself.
    parent_id: Mapped[int | None] = references("comments.id", index=True)
    person_id: Mapped[int | None] = references("people.id", ondelete="SET NULL", index=True)
    byline: Mapped[str] = mapped_column(String(80), default="")
    # The language of the page it was written on.
    language: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    # While the moderators withhold it: the state it comes back to.
    state_chosen: Mapped[str | None] = mapped_column(String(10))
    posted_at: Mapped[datetime]
