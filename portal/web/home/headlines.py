"""Items of any kind in a line each, as the front page and topics show what is new."""

from dataclasses import dataclass

from portal.core.time_zones import wall_of
from portal.domain.initiatives.models import Stage
from portal.domain.publishing.feed_items import Headline, Narrowing
from portal.i18n import dates
from portal.i18n.script_output import as_typed
from portal.i18n.translated import LocalizedText
from portal.web.components import feed_kinds
from portal.web.components.feed_kinds import FeedKind
from portal.web.components.labels import STAGES
from portal.web.http import Context


@dataclass(frozen=True, slots=True)
class HeadlineRow:
    """What components/news.html draws of an item."""

    title: LocalizedText
    url: str
    summary: LocalizedText | None
    about: str


@dataclass(frozen=True, slots=True)
class NewOfKind:
    """The newest items under one heading; `kind` is the first of those that stand there."""

    kind: str
    heading: str
    lines: list[HeadlineRow]


# Each heading once, with the first kind under it, in the order of the shelves.
_HEADINGS = {
    feed_kind.heading: feed_kind.kind
    for feed_kind in reversed(feed_kinds.FEED_KINDS)
    if feed_kind.heading is not None
}


def newest_of_kinds(ctx: Context, narrowing: Narrowing, limit: int) -> list[NewOfKind]:
    """Return what is new of every kind that pages have not listed by themselves, in one query."""
    found = feed_kinds.headlines(ctx.db, narrowing, ctx.now, limit)
    groups = []
    for heading, kind in reversed(_HEADINGS.items()):
        items = [each for each in found if each[0].heading is heading][:limit]
        if items:
            lines = [_line(ctx, feed_kind, item) for feed_kind, item in items]
            groups.append(NewOfKind(kind, str(heading), lines))
    return groups


def _about(ctx: Context, feed_kind: FeedKind, item: Headline) -> str:
    day = dates.long(wall_of(item.published_at, ctx.zone).date())
    if feed_kind.kind == "initiative":
        # One that runs may have been quiet for long, which a line does not know.
        return day if item.note == Stage.RUNNING else str(STAGES[Stage(item.note)])
    return f"{day} · {as_typed(item.note)}" if item.note else day


def _line(ctx: Context, feed_kind: FeedKind, item: Headline) -> HeadlineRow:
    summary = item.summary.localized()
    return HeadlineRow(
        item.title.localized(),
        ctx.url(feed_kind.page, slug=item.slug) + feed_kind.anchor,
        summary if summary.text else None,
        _about(ctx, feed_kind, item),
    )
