"""What there is under a topic, of every kind."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from portal.domain.events.listing import Filters
from portal.domain.events.vocabulary import TAGS
from portal.news import Narrowing
from portal.refusals import NotFoundError
from portal.rendering import drawn
from portal.web.atom import feed_link
from portal.web.cards import cards_of
from portal.web.event_lists import found_events
from portal.web.lines import newest_of_kinds
from portal.web.parts import Sort
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages

if TYPE_CHECKING:
    from markupsafe import Markup
    from starlette.responses import Response

    from portal.web.visit import Visit

pages = Pages()
MOST_PAST = 5
MOST_OF_A_KIND = 10
_TOPICS: Final = Sort("topics", 12)


@pages.get("/tags/{tag}", name="tags.show", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def show(visit: Visit, tag: str) -> Response:
    """Events under a topic, then the newest of each other kind."""
    if tag not in TAGS:
        raise NotFoundError
    main = visit.part(_TOPICS, (tag, visit.tag, visit.chosen_zone), partial(_main, tag=tag))
    return visit.page(
        "tags/show.html",
        topic=str(TAGS[tag]),
        main=main,
        feeds=[feed_link(visit, str(TAGS[tag]), "feeds.topic", tag=tag)],
        index_as=("tags.show", {"tag": tag}, None),
    )


def _main(visit: Visit, tag: str) -> Markup:
    coming, more = found_events(visit, Filters(tag=tag))
    past, _more = found_events(visit, Filters(past=True, tag=tag))
    return drawn(
        "parts/topic.html",
        topic=str(TAGS[tag]),
        coming=cards_of(visit, coming),
        all_coming=visit.url("events.index", {"tag": tag}) if more else None,
        past=cards_of(visit, past[:MOST_PAST]),
        all_past=visit.url("events.index", {"tag": tag, "when": "past"}),
        kinds=newest_of_kinds(visit, Narrowing(tag=tag), MOST_OF_A_KIND),
        topics=[(str(words), visit.url("tags.show", tag=each)) for each, words in TAGS.items()],
        feed=visit.url("feeds.topic", tag=tag),
        language=visit.language,
    )
