"""Items of any kind in a line each, as the front page and topics show what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal import dates
from portal.time_zones import wall_of
from portal.web.shelves import SHELVES

if TYPE_CHECKING:
    from portal.news import Narrowing, News
    from portal.translated import Said
    from portal.web.shelves import Shelf
    from portal.web.visit import Visit


class Line(NamedTuple):
    """What components/news.html draws of an item."""

    title: Said
    url: str
    summary: Said | None
    about: str


class NewOfKind(NamedTuple):
    """The newest items of one kind."""

    kind: str
    heading: str
    lines: list[Line]


def newest_of_kinds(visit: Visit, narrowing: Narrowing, most: int) -> list[NewOfKind]:
    """What is new of every kind that pages have not listed by themselves; a query for each."""
    found = [
        (shelf, shelf.newest(visit.db, narrowing, visit.now, most))
        for shelf in SHELVES
        if shelf.newest and shelf.heading
    ]
    return [
        NewOfKind(shelf.kind, str(shelf.heading), [_line(visit, shelf, item) for item in items])
        for shelf, items in found
        if items
    ]


def _line(visit: Visit, shelf: Shelf, item: News) -> Line:
    summary = item.summary.said()
    return Line(
        item.title.said(),
        visit.url(shelf.page, slug=item.slug) + shelf.anchor,
        summary if summary.text else None,
        dates.long(wall_of(item.published_at, visit.zone).date()),
    )
