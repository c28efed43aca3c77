"""Translating stories."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from portal.core.item_kinds import ItemKind
from portal.domain.events.rules import LONGEST_FUNDING_NOTE
from portal.domain.stories import notifications, rules
from portal.domain.stories.actions import details_of, rewrite, save
from portal.domain.stories.models import State, Story
from portal.domain.stories.queries import lock, story_for
from portal.domain.stories.related import translated_story
from portal.domain.translation.items import Field, MatrixRow, Translatable, TranslatableItem
from portal.domain.translation.pictures import with_pictures
from portal.i18n.locale import gettext_lazy as _
from portal.i18n.translated import Translated

# The latest are what a translator looks for; older ones are found on their own pages.
MAX_ROWS = 500
_WHOLE = (selectinload(Story.tags), selectinload(Story.events))


def _open(db: Session, story_id: int) -> TranslatableItem:
    story = db.get_one(Story, story_id)
    fields = (
        Field("title", _("Title"), story.title, rules.LONGEST_TITLE),
        Field("summary", _("Summary"), story.summary, rules.LONGEST_SUMMARY),
        Field("body", _("Text"), story.body, rules.LONGEST_BODY, one_line=False),
        Field("funding_note", _("Who exactly"), story.funding_note, LONGEST_FUNDING_NOTE),
    )
    return TranslatableItem(ItemKind.STORY, story.id, story.slug, story.title, fields)


def _write(db: Session, story_id: int, texts: Mapping[str, Translated], now: datetime) -> None:
    """Save like a writer; raise NotNowError while a story waits for its answer."""
    story = db.scalars(select(Story).where(Story.id == story_id).options(*_WHOLE)).one()
    if story.state == State.SUBMITTED:
        raise rules.NotNowError
    words: dict[str, Any] = dict(texts)
    save(db, story, replace(details_of(db, story), **words), story.revision, None, now)
    notifications.notify_change(db, story, now)


def _rows(db: Session, organization_id: int | None, now: datetime) -> Sequence[MatrixRow]:  # noqa: ARG001
    """Return the organisation's, and members' that it has accepted."""
    accepted = (State.SCHEDULED.value, State.PUBLISHED.value)
    found = db.execute(
        select(Story.id, Story.slug, Story.title)
        .where(Story.organization_id == organization_id)
        .where(or_(Story.is_by_author.is_(False), Story.state.in_(accepted)))
        .order_by(Story.changed_at.desc(), Story.id.desc())
        .limit(MAX_ROWS)
    )
    return [MatrixRow(ItemKind.STORY, story_id, slug, title) for story_id, slug, title in found]


def _rewrite(db: Session, story_id: int) -> None:
    """Rewrite a story; raise NotNowError while it waits for its answer."""
    story = db.get_one(Story, story_id)
    if story.state == State.SUBMITTED:
        raise rules.NotNowError
    rewrite(db, story)


STORIES = with_pictures(
    Translatable(ItemKind.STORY, Story, translated_story, story_for, lock, _open, _write, _rows),
    _rewrite,
)
