"""Following initiatives: beginning, ending, asking, and the way out that letters show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import dates
from portal.domain.initiatives import following
from portal.domain.initiatives.queries import initiative_for
from portal.publication import is_public
from portal.refusals import Refusal
from portal.time_zones import wall_of
from portal.web.policies import Cache, Policy
from portal.web.rate_limits import Limit
from portal.web.routes.initiatives import initiative_page
from portal.web.routing import Pages

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.web.visit import Visit

pages = Pages()


@pages.post("/initiatives/{slug}/following", name="following.create", policy=Policy.SIGNED_IN)
def create(visit: Visit, slug: str) -> Response:
    """The reader hears what comes of it from now on."""
    initiative = initiative_for(visit.db, visit.person, slug)
    following.follow(visit.db, visit.person, initiative, visit.now)
    return visit.go("initiatives.show", slug=slug)


@pages.post("/initiatives/{slug}/following/end", name="following.end", policy=Policy.SIGNED_IN)
def end(visit: Visit, slug: str) -> Response:
    """Nothing more is heard."""
    initiative = initiative_for(visit.db, visit.person, slug)
    following.stop(visit.db, visit.person.id, initiative.id)
    return visit.go("initiatives.show", slug=slug)


@pages.post("/initiatives/{slug}/questions", name="following.ask", policy=Policy.SIGNED_IN)
def ask(visit: Visit, slug: str) -> Response:
    """Asks how a quiet initiative goes on."""
    visit.limit(Limit.QUESTION, slug)
    initiative = initiative_for(visit.db, visit.person, slug)
    try:
        following.ask(visit.db, visit.person, initiative, visit.now)
    except Refusal as refusal:
        return initiative_page(visit, slug, refusal)
    return visit.go("initiatives.show", slug=slug)


@pages.get(
    "/profile/initiatives", name="following.index", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE
)
def index(visit: Visit) -> Response:
    """What the reader follows."""
    return visit.page(
        "following/index.html",
        rows=[
            {
                "title": initiative.title.said(),
                "url": visit.url("initiatives.show", slug=initiative.slug),
                "since": dates.long(wall_of(since, visit.zone).date()),
                "key": following.key_of(visit.db, initiative.id, visit.person.id),
            }
            for initiative, since in following.followed_by(visit.db, visit.person)
            if is_public(initiative)
        ],
    )


@pages.get("/following/{key}", name="following.stop", policy=Policy.ANYONE, cache=Cache.PRIVATE)
def stop(visit: Visit, key: str) -> Response:
    """Asks whoever comes from a letter whether to end it; mail scanners follow links too."""
    _follow, initiative = following.follow_with(visit.db, key)
    return visit.page("following/stop.html", key=key, title=initiative.title.said())


@pages.post("/following/{key}", name="following.leave", policy=Policy.ANYONE)
def leave(visit: Visit, key: str) -> Response:
    """Ends it, signed in or not."""
    follow, _initiative = following.follow_with(visit.db, key)
    following.stop(visit.db, follow.person_id, follow.initiative_id)
    return visit.go("following.left")


@pages.get("/following-ended", name="following.left", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def left(visit: Visit) -> Response:
    """Says that no more letters come."""
    return visit.page("following/left.html")
