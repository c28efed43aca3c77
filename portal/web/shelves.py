"""The kinds of public items that feeds, topics and the sitemap gather: one entry each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal.domain.events import news as events
from portal.domain.organizations import news as organizations
from portal.domain.results import news as results
from portal.i18n import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.i18n import LazyText
    from portal.news import Address, Narrowing, News


class Shelf(NamedTuple):
    """A kind of item; `page` is the route of an item's own page, by slug."""

    kind: str
    page: str
    # The newest first; None for what is no news.
    newest: Callable[[Session, Narrowing, datetime, int], list[News]] | None = None
    # How many there are and where, in an order that stays; None where another shelf's page has it.
    total: Callable[[Session], int] | None = None
    addresses: Callable[[Session, int, int], list[Address]] | None = None
    # The part of that page.
    anchor: str = ""
    # The heading on a topic's page; None where the topic lists them by itself.
    heading: LazyText | None = None
    # How feeds call it, with %(title)s in it.
    titled: LazyText | None = None


SHELVES = (
    Shelf("event", "events.show", events.newest, events.count, events.addresses),
    Shelf(
        "result",
        "events.show",
        results.newest,
        anchor="#result",
        heading=_("Results"),
        titled=_("What came of it: %(title)s"),
    ),
    Shelf(
        "organization",
        "organizations.show",
        total=organizations.count,
        addresses=organizations.addresses,
    ),
)


def newest(db: Session, narrowing: Narrowing, now: datetime, most: int) -> list[tuple[Shelf, News]]:
    """The newest of all kinds together."""
    found = [
        (shelf, item)
        for shelf in SHELVES
        if shelf.newest
        for item in shelf.newest(db, narrowing, now, most)
    ]
    found.sort(key=lambda each: each[1].published_at, reverse=True)
    return found[:most]
