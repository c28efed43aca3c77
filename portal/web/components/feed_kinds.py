"""The kinds of public items that feeds, topics and the sitemap gather: one entry each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import CompoundSelect, Integer, Select, literal_column, select, union_all
from sqlalchemy.orm import Session

from portal.db.engine import rows
from portal.db.rows import names_of, reader
from portal.domain.events import feed as events
from portal.domain.initiatives import feed as initiatives
from portal.domain.organizations import feed as organizations
from portal.domain.publishing.feed_items import Headline, Listed, Narrowing, News
from portal.domain.results import feed as results
from portal.domain.stories import feed as stories
from portal.i18n.locale import LazyText
from portal.i18n.locale import gettext_lazy as _
from portal.web.http import Context


@dataclass(frozen=True, slots=True)
class FeedKind:
    """A kind of item; `page` is the route of an item's own page, by slug."""

    kind: str
    page: str
    # The newest first; None for what is no news.
    newest: Callable[[Session, Narrowing, datetime, int], list[News]] | None = None
    # All of them; None where another shelf's page has it.
    listed: Listed | None = None
    # The part of that page.
    anchor: str = ""
    # The heading on a topic's page, which several kinds may share, and the statement that reads
    # them in a line each; None where the topic lists them by itself.
    heading: LazyText | None = None
    headlines: Callable[[frozenset[str]], Select[Any]] | None = None
    # How feeds call it, with %(title)s in it.
    titled: LazyText | None = None


RESULTS: Final = _("Results")
RESULT_TITLE: Final = _("What came of it: %(title)s")
STORIES: Final = FeedKind(
    "story",
    "stories.show",
    stories.newest,
    stories.LISTED,
    heading=_("Stories"),
    headlines=stories.headlines,
)
FEED_KINDS: Final = (
    FeedKind("event", "events.show", events.newest, events.LISTED),
    STORIES,
    FeedKind(
        "initiative",
        "initiatives.show",
        initiatives.newest,
        initiatives.LISTED,
        heading=_("Initiatives"),
        headlines=initiatives.headlines,
    ),
    FeedKind(
        "result",
        "events.show",
        results.newest,
        anchor="#result",
        heading=RESULTS,
        headlines=results.headlines,
        titled=RESULT_TITLE,
    ),
    FeedKind(
        "closing",
        "initiatives.show",
        initiatives.newest_reports,
        anchor="#closing",
        heading=RESULTS,
        headlines=initiatives.report_headlines,
        titled=RESULT_TITLE,
    ),
    FeedKind("organization", "organizations.show", listed=organizations.LISTED),
    FeedKind("author", "authors.show", listed=stories.AUTHORS_LISTED),
)


def newest(
    db: Session,
    narrowing: Narrowing,
    now: datetime,
    limit: int,
    of: tuple[FeedKind, ...] = FEED_KINDS,
) -> list[tuple[FeedKind, News]]:
    """Return the newest of all these kinds together."""
    found = [
        (feed_kind, item)
        for feed_kind in of
        if feed_kind.newest
        for item in feed_kind.newest(db, narrowing, now, limit)
    ]
    found.sort(key=lambda each: each[1].published_at, reverse=True)
    return found[:limit]


@cache
def _headlines(asked: frozenset[str]) -> CompoundSelect[Any]:
    """Return the newest of every kind that has a heading, in one statement."""
    stretches = [
        (number, feed_kind.headlines(asked).subquery())
        for number, feed_kind in enumerate(FEED_KINDS)
        if feed_kind.headlines
    ]
    return union_all(
        *(
            # A union takes its columns as they come.
            select(
                literal_column(str(number), Integer).label("feed_kind"),
                *(stretch.c[name] for name in names_of(Headline)),
            )
            for number, stretch in stretches
        )
    )


_headline_from = reader(Headline)


def headlines(
    db: Session, narrowing: Narrowing, now: datetime, limit: int
) -> list[tuple[FeedKind, Headline]]:
    """Return the newest of every kind that has a heading, at most so many of each."""
    values = {"now": now, "limit": limit, **narrowing.values()}
    asked = rows(db, _headlines(narrowing.asked), values)
    found = [(FEED_KINDS[row.feed_kind], _headline_from(row)) for row in asked]
    return sorted(found, key=lambda each: each[1].published_at, reverse=True)


MEDIA_TYPE: Final = "application/atom+xml"


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as pages point to it (templates/base.html)."""

    type: str
    title: str
    url: str


def feed_link(ctx: Context, title: str, name: str = "feeds.site", **values: Any) -> Feed:
    """Return the feed in the reader's language, for a page's head."""
    return Feed(MEDIA_TYPE, title, ctx.url(name, **values))
