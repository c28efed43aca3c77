"""What there is under a topic, of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal import dates
from portal.domain.events import listing
from portal.domain.events.vocabulary import TAGS
from portal.news import Narrowing
from portal.refusals import NotFoundError
from portal.time_zones import wall_of
from portal.web.atom import feed_link
from portal.web.cards import cards_of
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages
from portal.web.shelves import SHELVES

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.news import News
    from portal.translated import Said
    from portal.web.shelves import Shelf
    from portal.web.visit import Visit

pages = Pages()
MOST_PAST = 5
MOST_OF_A_KIND = 10


class Line(NamedTuple):
    """What components/news.html draws of an item of any kind."""

    title: Said
    url: str
    summary: Said | None
    day: str


@pages.get("/tags/{tag}", name="tags.show", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def show(visit: Visit, tag: str) -> Response:
    """Events under a topic, then the newest of each other kind."""
    if tag not in TAGS:
        raise NotFoundError
    coming, more = listing.page_of(visit.db, listing.Filters(tag=tag), visit.now)
    past, _more = listing.page_of(visit.db, listing.Filters(past=True, tag=tag), visit.now)
    return visit.page(
        "tags/show.html",
        topic=str(TAGS[tag]),
        coming=cards_of(visit, coming),
        all_coming=visit.url("events.index", {"tag": tag}) if more else None,
        past=cards_of(visit, past[:MOST_PAST]),
        all_past=visit.url("events.index", {"tag": tag, "when": "past"}),
        kinds=_kinds(visit, tag),
        topics=[(str(words), visit.url("tags.show", tag=each)) for each, words in TAGS.items()],
        feeds=[feed_link(visit, str(TAGS[tag]), "feeds.topic", tag=tag)],
        index_as=("tags.show", {"tag": tag}, None),
    )


def _kinds(visit: Visit, tag: str) -> list[tuple[str, str, list[Line]]]:
    """Kind, heading and lines of whatever else there is."""
    found = [
        (shelf, shelf.newest(visit.db, Narrowing(tag=tag), visit.now, MOST_OF_A_KIND))
        for shelf in SHELVES
        if shelf.newest and shelf.heading
    ]
    return [
        (shelf.kind, str(shelf.heading), [line_of(visit, shelf, item) for item in items])
        for shelf, items in found
        if items
    ]


def line_of(visit: Visit, shelf: Shelf, item: News) -> Line:
    """An item in one line."""
    summary = item.summary.said()
    return Line(
        item.title.said(),
        visit.url(shelf.page, slug=item.slug) + shelf.anchor,
        summary if summary.text else None,
        dates.long(wall_of(item.published_at, visit.zone).date()),
    )
