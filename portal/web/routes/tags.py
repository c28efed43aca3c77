"""What there is under a topic, of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.events import listing
from portal.domain.events.vocabulary import TAGS
from portal.news import Narrowing
from portal.refusals import NotFoundError
from portal.web.atom import feed_link
from portal.web.cards import cards_of
from portal.web.lines import newest_of_kinds
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.web.visit import Visit

pages = Pages()
MOST_PAST = 5
MOST_OF_A_KIND = 10


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
        kinds=newest_of_kinds(visit, Narrowing(tag=tag), MOST_OF_A_KIND),
        topics=[(str(words), visit.url("tags.show", tag=each)) for each, words in TAGS.items()],
        feeds=[feed_link(visit, str(TAGS[tag]), "feeds.topic", tag=tag)],
        index_as=("tags.show", {"tag": tag}, None),
    )
