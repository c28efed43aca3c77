"""The front page and the way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from starlette.responses import RedirectResponse, Response

from portal.domain.events.listing import Filters
from portal.domain.events.rules import is_running
from portal.domain.registrations.rules import is_open
from portal.news import Narrowing
from portal.places import Band
from portal.rendering import drawn, template
from portal.web.atom import feed_link
from portal.web.cards import BANDS, card_of
from portal.web.cities import wheel_cities
from portal.web.event_lists import found_events, own_standings, rows_of
from portal.web.hour_wheel import hour_wheel
from portal.web.hours import hours_of, other_cities
from portal.web.lines import Line, newest_of_kinds
from portal.web.pages import site_name
from portal.web.parts import Sort
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages

if TYPE_CHECKING:
    from markupsafe import Markup

    from portal.domain.events.queries import Shown
    from portal.web.cards import Card
    from portal.web.event_lists import Rows
    from portal.web.hours import Hour
    from portal.web.visit import Visit

root = Pages(localized=False)
pages = Pages()
SOON = 4
NEW_OF_A_KIND = 3
MOST_CALLS = 3
_FRONT: Final = Sort("front pages", 16)


@root.get("/", name="home.root", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def negotiate(visit: Visit) -> Response:
    """Once, by what the browser asks for; from then on the language stands in the address."""
    response = RedirectResponse(visit.url("home"), 302)
    response.headers["vary"] = "Accept-Language"
    return response


class Front(NamedTuple):
    """What the front page says to everybody."""

    running: Rows
    next_up: Shown | None
    soon: Rows
    cities: list[Hour]
    wheel: Markup
    below: Markup


@pages.get("", name="home", policy=Policy.ANYONE, cache=Cache.PUBLIC, brief=True)
def show(visit: Visit) -> Response:
    """What is on now and soon, where people are waited for, and what is new, in two questions."""
    front = visit.part(_FRONT, (visit.tag, visit.chosen_zone), _front)
    next_up = front.next_up
    shown = [*front.running.events, *front.soon.events, *([next_up] if next_up else [])]
    mine = own_standings(visit, shown)
    return visit.page(
        "home/show.html",
        welcome=visit.site.live.texts(visit.db).get(f"welcome_{visit.language}"),
        front=front,
        next_card=card_of(visit, next_up, mine.get(next_up.id)) if next_up else None,
        running=front.running.with_own(visit, mine),
        soon=front.soon.with_own(visit, mine),
        feeds=[feed_link(visit, site_name(visit.site))],
        index_as=("home", {}, None),
    )


def _front(visit: Visit) -> Front:
    # What is postponed and past its old date is no news for the front page.
    coming = [e for e in found_events(visit, Filters()).events if e.ends_at > visit.now]
    running = [event for event in coming if is_running(event, visit.now)][:SOON]
    ahead = [event for event in coming if not is_running(event, visit.now)]
    next_up, soon, later = (ahead[0] if ahead else None), ahead[1 : SOON + 1], ahead[SOON + 1 :]
    instant = next_up.starts_at if next_up else visit.now
    hours = hours_of(instant, next_up.time_zone, visit.chosen_zone) if next_up else ()
    wheel = template("components/wheel.html").module.hour_wheel(
        hour_wheel(instant, wheel_cities(), visit.chosen_zone)
    )
    kinds = newest_of_kinds(visit, Narrowing(), NEW_OF_A_KIND)
    below = drawn(
        "parts/front_below.html",
        calls=_calls(visit, later),
        kinds={each.kind: each for each in kinds},
        language=visit.language,
        url=visit.url,
    )
    return Front(
        rows_of(visit, running, level=3),
        next_up,
        rows_of(visit, soon, level=3),
        other_cities(instant, hours) if next_up else [],
        wheel,
        below,
    )


def _calls(visit: Visit, later: list[Shown]) -> list[Line]:
    """Where people are waited for: events further ahead that have places to give."""
    inviting = [
        event
        for event in later
        if event.capacity and is_open(event, visit.now) and event.places is not Band.FULL
    ]
    return [_call(card_of(visit, event), event.places) for event in inviting[:MOST_CALLS]]


def _call(card: Card, places: Band) -> Line:
    return Line(card.title, card.url, card.summary, f"{card.date.full} · {BANDS[places]}")
