"""The front page and the way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response

from portal.domain.events import listing
from portal.domain.events.rules import is_running
from portal.domain.registrations.queries import standings
from portal.domain.registrations.rules import is_open
from portal.news import Narrowing
from portal.places import Band
from portal.web.atom import feed_link
from portal.web.cards import BANDS, card_of, cards_of
from portal.web.cities import wheel_cities
from portal.web.hour_wheel import hour_wheel
from portal.web.hours import other_cities
from portal.web.lines import Line, newest_of_kinds
from portal.web.pages import site_name
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages

if TYPE_CHECKING:
    from portal.domain.events.queries import Shown
    from portal.web.cards import Card
    from portal.web.visit import Visit

root = Pages(localized=False)
pages = Pages()
SOON = 4
NEW_OF_A_KIND = 3
MOST_CALLS = 3


@root.get("/", name="home.root", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def negotiate(visit: Visit) -> Response:
    """Once, by what the browser asks for; from then on the language stands in the address."""
    response = RedirectResponse(visit.url("home"), 302)
    response.headers["vary"] = "Accept-Language"
    return response


@pages.get("", name="home", policy=Policy.ANYONE, cache=Cache.PUBLIC, brief=True)
def show(visit: Visit) -> Response:
    """What is on now and soon, where people are waited for, and what is new, in two questions."""
    coming, _more = listing.page_of(visit.db, listing.Filters(), visit.now)
    # What is postponed and past its old date is no news for the front page.
    coming = [event for event in coming if event.ends_at > visit.now]
    running = [event for event in coming if is_running(event, visit.now)][:SOON]
    ahead = [event for event in coming if not is_running(event, visit.now)]
    next_up, soon, later = (ahead[0] if ahead else None), ahead[1 : SOON + 1], ahead[SOON + 1 :]
    shown = [*running, *ahead[: SOON + 1]]
    mine = standings(visit.db, visit.visitor, [e.id for e in shown]) if visit.visitor else {}
    next_card = card_of(visit, next_up, mine.get(next_up.id)) if next_up else None
    instant = next_up.starts_at if next_up else visit.now
    return visit.page(
        "home/show.html",
        welcome=visit.site.live.texts(visit.db).get(f"welcome_{visit.language}"),
        next_card=next_card,
        next_cities=other_cities(instant, next_card.hours) if next_card else [],
        wheel=hour_wheel(instant, wheel_cities(), visit.chosen_zone),
        running=cards_of(visit, running, mine),
        soon=cards_of(visit, soon, mine),
        calls=_calls(visit, later),
        kinds={each.kind: each for each in newest_of_kinds(visit, Narrowing(), NEW_OF_A_KIND)},
        feeds=[feed_link(visit, site_name(visit.site))],
        index_as=("home", {}, None),
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
    return Line(card.title, card.url, card.summary, f"{card.date_full} · {BANDS[places]}")
