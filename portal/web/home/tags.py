"""What there is under a topic, of every kind."""

from functools import partial
from typing import Final

from markupsafe import Markup
from starlette.responses import Response

from portal.core.refusals import NotFoundError
from portal.domain.events.listing import Filters
from portal.domain.events.vocabulary import TAGS
from portal.domain.publishing.feed_items import Narrowing
from portal.templating.environment import render_fragment
from portal.web.caching.fragments import Sort
from portal.web.components.event_cards import cards_of
from portal.web.components.event_lists import find_events
from portal.web.components.feed_kinds import feed_link
from portal.web.home.headlines import newest_of_kinds
from portal.web.http import Cache, Context, Policy, PortalRouter, render

router = PortalRouter()
MAX_PAST = 5
MAX_OF_A_KIND = 10
_TOPICS: Final = Sort("topics", 12)


@router.page("/tags/{tag}", name="tags.show", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def show(ctx: Context, tag: str) -> Response:
    """Events under a topic, then the newest of each other kind."""
    if tag not in TAGS:
        raise NotFoundError
    main = ctx.fragment(_TOPICS, (tag, ctx.tag, ctx.chosen_zone), partial(_main, tag=tag))
    return render(
        ctx,
        "home/tag.html",
        topic=str(TAGS[tag]),
        main=main,
        feeds=[feed_link(ctx, str(TAGS[tag]), "feeds.topic", tag=tag)],
        index_as=("tags.show", {"tag": tag}, None),
    )


def _main(ctx: Context, tag: str) -> Markup:
    coming, more = find_events(ctx, Filters(tag=tag))
    past, _more = find_events(ctx, Filters(past=True, tag=tag))
    return render_fragment(
        "home/_topic.html",
        topic=str(TAGS[tag]),
        coming=cards_of(ctx, coming),
        all_coming=ctx.url("events.index", {"tag": tag}) if more else None,
        past=cards_of(ctx, past[:MAX_PAST]),
        all_past=ctx.url("events.index", {"tag": tag, "when": "past"}),
        kinds=newest_of_kinds(ctx, Narrowing(tag=tag), MAX_OF_A_KIND),
        topics=[(str(words), ctx.url("tags.show", tag=each)) for each, words in TAGS.items()],
        feed=ctx.url("feeds.topic", tag=tag),
        language=ctx.language,
    )
