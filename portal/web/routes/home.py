"""The front page and the way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response

from portal.domain.events import listing
from portal.domain.events.rules import is_running
from portal.domain.registrations.queries import standings
from portal.web.atom import feed_link
from portal.web.cards import card_of, cards_of
from portal.web.cities import wheel_cities
from portal.web.hour_wheel import hour_wheel
from portal.web.hours import other_cities
from portal.web.pages import site_name
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages

if TYPE_CHECKING:
    from portal.web.visit import Visit

root = Pages(localized=False)
pages = Pages()
SOON = 6


@root.get("/", name="home.root", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def negotiate(visit: Visit) -> Response:
    """Once, by what the browser asks for; from then on the language stands in the address."""
    response = RedirectResponse(visit.url("home"), 302)
    response.headers["vary"] = "Accept-Language"
    return response


@pages.get("", name="home", policy=Policy.ANYONE, cache=Cache.PUBLIC, brief=True)
def show(visit: Visit) -> Response:
    """What is on now and soon, and what was lately."""
    coming, _more = listing.page_of(visit.db, listing.Filters(), visit.now)
    past, _more = listing.page_of(visit.db, listing.Filters(past=True), visit.now)
    # What is postponed and past its old date is no news for the front page.
    coming = [event for event in coming if event.ends_at > visit.now][: SOON + 1]
    past = past[:3]
    mine = standings(visit.db, visit.visitor, [e.id for e in coming]) if visit.visitor else {}
    next_up = next((e for e in coming if not is_running(e, visit.now)), None)
    next_card = card_of(visit, next_up, mine.get(next_up.id)) if next_up else None
    instant = next_up.starts_at if next_up else visit.now
    return visit.page(
        "home/show.html",
        welcome=visit.site.live.texts(visit.db).get(f"welcome_{visit.language}"),
        next_card=next_card,
        next_cities=other_cities(instant, next_card.hours) if next_card else [],
        wheel=hour_wheel(instant, wheel_cities(), visit.chosen_zone),
        soon=cards_of(visit, [e for e in coming if e is not next_up][:SOON], mine),
        past=cards_of(visit, past),
        feeds=[feed_link(visit, site_name(visit.site))],
        index_as=("home", {}, None),
    )
