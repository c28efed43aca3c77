"""Where somebody is signed in, and ending that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal import dates
from portal.domain.people import actions, queries
from portal.i18n import gettext as _
from portal.time_zones import wall_of
from portal.web.cookies import drop_session
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages
from portal.web.sign_in_pages import name_of_way

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.responses import Response

    from portal.web.visit import Visit

pages = Pages()


class Row(NamedTuple):
    """A browser of the list."""

    id: str
    browser: str
    way: str
    since: str
    acted: str
    is_here: bool


@pages.get("/profile/sessions", name="sessions.index", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE)
def index(visit: Visit) -> Response:
    """Every browser, this one first."""
    rows = [
        Row(
            session.public_id,
            session.browser or _("A browser we do not know"),
            name_of_way(visit.site, session.way),
            _stamp(visit, session.started_at),
            _stamp(visit, session.acted_at),
            session.id == visit.session.id,
        )
        for session in queries.sessions_of(visit.db, visit.person, visit.now)
    ]
    return visit.page("sessions/index.html", rows=sorted(rows, key=lambda row: not row.is_here))


def _stamp(visit: Visit, instant: datetime) -> str:
    return dates.stamp(wall_of(instant, visit.zone))


@pages.post("/profile/sessions/others/end", name="sessions.end_others", policy=Policy.SIGNED_IN)
def end_others(visit: Visit) -> Response:
    """Signs every browser out but this one."""
    actions.end_sessions(visit.db, visit.person, but=visit.session)
    return visit.go("sessions.index")


@pages.post("/profile/sessions/{session}/end", name="sessions.end", policy=Policy.SIGNED_IN)
def end(visit: Visit, session: str) -> Response:
    """Signs one browser out; this one goes to the home page."""
    ended = queries.own_session(visit.db, visit.person, session, visit.now)
    actions.end_one(visit.db, ended)
    if ended.id != visit.session.id:
        return visit.go("sessions.index")
    response = visit.go("home")
    drop_session(response, visit.site.settings)
    return response
