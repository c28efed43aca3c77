"""The front page and the way to it."""

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from portal.core.availability import Band
from portal.domain.events.listing import Filters
from portal.domain.events.queries import EventRow
from portal.domain.events.rules import is_running
from portal.domain.publishing.feed_items import Narrowing
from portal.domain.registrations.rules import is_open
from portal.templating.environment import macros, render_fragment
from portal.web.caching.fragments import Sort
from portal.web.components.event_cards import EventCard, card_of
from portal.web.components.event_lists import EventRows, event_rows_of, find_events, viewer_statuses
from portal.web.components.feed_kinds import feed_link
from portal.web.components.hour_wheel import hour_wheel
from portal.web.components.labels import BANDS
from portal.web.components.times import Hour, event_hours, other_cities
from portal.web.components.wheel_cities import wheel_cities
from portal.web.home.headlines import HeadlineRow, newest_of_kinds
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.layout import site_name

root_router = PortalRouter(prefix="")
router = PortalRouter()
SOON = 4
NEW_OF_A_KIND = 3
MAX_CALLS = 3
_FRONT: Final = Sort("front pages", 16)


@root_router.page("/", name="home.root", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def negotiate(ctx: Context) -> Response:
    """Once, by what the browser asks for; from then on the language stands in the address."""
    response = RedirectResponse(ctx.url("home"), 302)
    response.headers["vary"] = "Accept-Language"
    return response


@dataclass(frozen=True, slots=True)
class Front:
    """What the front page says to everybody."""

    running: EventRows
    next_up: EventRow | None
    soon: EventRows
    cities: list[Hour]
    wheel: Markup
    below: Markup


@router.page("", name="home", policy=Policy.ANYONE, cache=Cache.PUBLIC, brief=True)
def show(ctx: Context) -> Response:
    """Show what is on now and soon, where places are left, and what is new."""
    front = ctx.fragment(_FRONT, (ctx.tag, ctx.chosen_zone), _front)
    next_up = front.next_up
    listed = [*front.running.events, *front.soon.events, *([next_up] if next_up else [])]
    mine = viewer_statuses(ctx, listed)
    return render(
        ctx,
        "home/show.html",
        welcome=ctx.site.live.texts(ctx.db).get(f"welcome_{ctx.language}"),
        front=front,
        next_card=card_of(ctx, next_up, mine.get(next_up.id)) if next_up else None,
        running=front.running.with_own(ctx, mine),
        soon=front.soon.with_own(ctx, mine),
        feeds=[feed_link(ctx, site_name(ctx.site))],
        index_as=("home", {}, None),
    )


def _front(ctx: Context) -> Front:
    # What is postponed and past its old date is no news for the front page.
    coming = [e for e in find_events(ctx, Filters()).events if e.ends_at > ctx.now]
    running = [event for event in coming if is_running(event, ctx.now)][:SOON]
    ahead = [event for event in coming if not is_running(event, ctx.now)]
    next_up, soon, later = (ahead[0] if ahead else None), ahead[1 : SOON + 1], ahead[SOON + 1 :]
    instant = next_up.starts_at if next_up else ctx.now
    hours = event_hours(instant, next_up.time_zone, ctx.chosen_zone) if next_up else ()
    wheel = macros("components/wheel.html").hour_wheel(
        hour_wheel(instant, wheel_cities(), ctx.chosen_zone)
    )
    kinds = newest_of_kinds(ctx, Narrowing(), NEW_OF_A_KIND)
    below = render_fragment(
        "home/_below.html",
        calls=_calls(ctx, later),
        kinds={each.kind: each for each in kinds},
        language=ctx.language,
        url=ctx.url,
    )
    return Front(
        event_rows_of(ctx, running, level=3),
        next_up,
        event_rows_of(ctx, soon, level=3),
        other_cities(instant, hours) if next_up else [],
        wheel,
        below,
    )


def _calls(ctx: Context, later: list[EventRow]) -> list[HeadlineRow]:
    """Return where people are waited for: events further ahead that have places to give."""
    inviting = [
        event
        for event in later
        if event.places in {Band.FREE, Band.FEW} and is_open(event, ctx.now)
    ]
    return [_call(card_of(ctx, event), event.places) for event in inviting[:MAX_CALLS]]


def _call(card: EventCard, places: Band) -> HeadlineRow:
    return HeadlineRow(card.title, card.url, card.summary, f"{card.date.full} · {BANDS[places]}")
