"""The door of an event: names of those expected, and one button for each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.responses import Response

from portal.core.refusals import Refusal
from portal.core.time_zones import wall_of
from portal.domain.events.models import Event
from portal.domain.events.queries import check_in_event
from portal.domain.registrations import check_in
from portal.domain.registrations.queries import recipient_of
from portal.i18n import dates
from portal.i18n.collation import in_alphabet
from portal.web.http import Cache, Context, Guard, Policy, PortalRouter, render
from portal.web.http.forms import Submitted

router = PortalRouter(guard=Guard.ALWAYS)
# More names than these are narrowed by search before a phone has to draw them.
MAX_LISTED = 200
LONGEST_SEARCH = 80


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody the door waits for."""

    id: str
    name: str
    came: str | None


@router.page(
    "/manage/events/{slug}/check-in",
    name="check_in.index",
    policy=Policy.CHECK_IN,
    cache=Cache.PRIVATE,
)
def index(ctx: Context, slug: str) -> Response:
    """Everybody with a confirmed place, by name, or those whose name holds `q`."""
    asked = ctx.request.query_params.get("q", "")
    return _page(ctx, check_in_event(ctx.db, ctx.signed_in_user, slug), asked)


@router.form(
    "/manage/events/{slug}/check-in/{registration}",
    name="check_in.create",
    policy=Policy.CHECK_IN,
)
def mark(ctx: Context, slug: str, registration: str, data: Submitted) -> Response:
    """Somebody is here."""
    return _act(ctx, slug, registration, check_in.mark_here, str(data.get("q") or ""))


@router.form(
    "/manage/events/{slug}/check-in/{registration}/undo",
    name="check_in.undo",
    policy=Policy.CHECK_IN,
)
def unmark(ctx: Context, slug: str, registration: str, data: Submitted) -> Response:
    """Somebody was marked by mistake."""
    return _act(ctx, slug, registration, check_in.unmark, str(data.get("q") or ""))


def _act(
    ctx: Context,
    slug: str,
    registration: str,
    verb: Callable[[Session, Event, str, datetime], None],
    asked: str,
) -> Response:
    """Do it, and lead back to the same search."""
    event = check_in_event(ctx.db, ctx.signed_in_user, slug)
    try:
        verb(ctx.db, event, registration, ctx.now)
    except Refusal as refusal:
        return _page(ctx, event, asked, refusal)
    return ctx.redirect("check_in.index", {"q": asked[:LONGEST_SEARCH] or None}, slug=slug)


def _page(ctx: Context, event: Event, asked: str, refusal: Refusal | None = None) -> Response:
    wanted = " ".join(asked[:LONGEST_SEARCH].split())
    everybody = sorted(_everybody(ctx, event), key=lambda one: in_alphabet(one.name))
    found = [one for one in everybody if wanted.casefold() in one.name.casefold()]
    return render(
        ctx,
        "registrations/check_in.html",
        409 if refusal else 200,
        slug=event.slug,
        title=event.title.localized(),
        day=dates.full(wall_of(event.starts_at, event.time_zone).date()),
        asked=wanted,
        rows=found[:MAX_LISTED],
        hidden=max(0, len(found) - MAX_LISTED),
        figures=(len(everybody), sum(one.came is not None for one in everybody)),
        refusal=refusal and refusal.localized(),
    )


def _everybody(ctx: Context, event: Event) -> list[Expected]:
    return [
        Expected(
            each.public_id,
            recipient_of(ctx.db, each).name or "—",
            dates.hour(wall_of(each.attended_at, event.time_zone)) if each.attended_at else None,
        )
        for each in check_in.expected_at(ctx.db, event)
    ]
