"""Where somebody is signed in, and ending that."""

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from portal.core.time_zones import wall_of
from portal.domain.accounts.people import actions, queries
from portal.i18n import dates
from portal.i18n.locale import gettext as _
from portal.web.accounts.sign_in_pages import method_name
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.cookies import drop_session

router = PortalRouter()


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A browser of the list."""

    id: str
    browser: str
    way: str
    since: str
    acted: str
    is_here: bool


@router.page(
    "/profile/sessions", name="sessions.index", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE
)
def index(ctx: Context) -> Response:
    """Show every browser, this one first."""
    rows = [
        SessionRow(
            session.public_id,
            session.browser or _("A browser we do not know"),
            method_name(ctx.site, session.way),
            _stamp(ctx, session.started_at),
            _stamp(ctx, session.acted_at),
            session.id == ctx.session.id,
        )
        for session in queries.sessions_of(ctx.db, ctx.signed_in_user, ctx.now)
    ]
    return render(ctx, "accounts/sessions.html", rows=sorted(rows, key=lambda row: not row.is_here))


def _stamp(ctx: Context, instant: datetime) -> str:
    return dates.stamp(wall_of(instant, ctx.zone))


@router.form("/profile/sessions/others/end", name="sessions.end_others", policy=Policy.SIGNED_IN)
def end_others(ctx: Context) -> Response:
    """Sign every browser out but this one."""
    actions.end_sessions(ctx.db, ctx.signed_in_user, but=ctx.session)
    return ctx.redirect("sessions.index")


@router.form("/profile/sessions/{session}/end", name="sessions.end", policy=Policy.SIGNED_IN)
def end(ctx: Context, session: str) -> Response:
    """Sign one browser out; this one goes to the home page."""
    ended = queries.own_session(ctx.db, ctx.signed_in_user, session, ctx.now)
    actions.end_one(ctx.db, ended)
    if ended.id != ctx.session.id:
        return ctx.redirect("sessions.index")
    response = ctx.redirect("home")
    drop_session(response, ctx.site.settings)
    return response
