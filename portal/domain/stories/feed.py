"""Public stories for feeds, topics and the sitemap: the newest, and the address of each."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from portal.domain.publishing.feed_items import ANSWERED_FOR, Listed, Narrowing, News
from portal.domain.stories.listing import NEWEST_FIRST, public, public_ids
from portal.domain.stories.models import Author
from portal.domain.stories.queries import STORIES, STORY_ROWS, StoryRow, story_from

s, _authors = STORIES.c, Author.__table__.c


@cache
def _newest(asked: frozenset[str]) -> Select[Any]:
    return (
        STORY_ROWS.add_columns(s.body_html)
        .where(s.id.in_(select(public_ids(asked).subquery().c.id)))
        .order_by(*NEWEST_FIRST)
    )


def newest(db: Session, narrowing: Narrowing, now: datetime, limit: int) -> list[News]:
    """Return the public stories published last, first."""
    del now  # a story is news from its publication on
    rows = db.execute(_newest(narrowing.asked), {"limit": limit, **narrowing.values()})
    return [_news(story_from(row), row.body_html or {}) for row in rows]


def headlines(asked: frozenset[str]) -> Select[Any]:
    """Select the same as lines of a feed (portal.domain.publishing.feed_items.Headline)."""
    return public_ids(asked).with_only_columns(
        s.slug, s.title, s.summary, s.published_at, s.byline.label("note")
    )


def _news(story: StoryRow, html: Mapping[str, str]) -> News:
    published = story.published_at or story.changed_at
    return News(
        id=story.id,
        slug=story.slug,
        title=story.title,
        summary=story.summary,
        html=html,
        published_at=published,
        changed_at=max(published, story.changed_at),
        organizations=(story.organization_name,) if story.organization_name else (),
        verified_until=ANSWERED_FOR
        if story.organization_id is None
        else story.organization_verified_until,
        byline=story.byline,
    )


LISTED = Listed(public(select(s.slug, s.changed_at)), s.id)


def _signed(statement: Select[Any]) -> Select[Any]:
    """Return a statement about public stories, narrowed to those signed with the page's name."""
    return public(statement).where(s.author_id == _authors.person_id, s.byline == _authors.byline)


# An author's page changes with what is signed with its name; one without stories is no news.
_LAST_SIGNED = _signed(select(func.max(s.changed_at))).correlate(Author.__table__)
_AUTHORS_WITH_STORIES = select(
    _authors.slug, _LAST_SIGNED.scalar_subquery().label("changed_at")
).where(_signed(select(s.id)).correlate(Author.__table__).exists())
AUTHORS_LISTED = Listed(_AUTHORS_WITH_STORIES, _authors.person_id)
