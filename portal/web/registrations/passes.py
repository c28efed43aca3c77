"""The pass: a registration's private page, with the way into the room."""

from dataclasses import dataclass, replace

from starlette.responses import Response

from portal.core.refusals import Refusal
from portal.domain.events import queries as events
from portal.domain.events import rules as event_rules
from portal.domain.events.details import join_links_of
from portal.domain.events.models import Event
from portal.domain.events.queries import EVENT_ROWS, fetch_event_rows
from portal.domain.privacy.actions import erase_pass
from portal.domain.privacy.export import holdings_of_pass
from portal.domain.registrations import actions, queries, rules
from portal.i18n.translated import LocalizedText
from portal.web.components.event_cards import card_of
from portal.web.components.personal_archive import archive_of
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.downloads import calendar_file
from portal.web.http.forms import Submitted
from portal.web.registrations.presenter import open_pass, pass_event, pass_page

router = PortalRouter()


@router.page("/passes", name="passes.index", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE)
def index(ctx: Context) -> Response:
    """Show all that a member has signed up for."""
    mine = queries.upcoming_of(ctx.db, ctx.signed_in_user, ctx.now)
    by_id = {
        event.id: event
        for event in fetch_event_rows(
            ctx.db, EVENT_ROWS.where(Event.id.in_([event_id for _key, _status, event_id in mine]))
        )
    }
    rows = [
        (ctx.url("passes.show", key=public_id), by_id[event_id], status)
        for public_id, status, event_id in mine
    ]
    cards = [replace(card_of(ctx, event, status), url=url) for url, event, status in rows]
    over = [event_rules.is_over(event, ctx.now) for _url, event, _status in rows]
    coming = [card for card, is_past in zip(cards, over, strict=True) if not is_past]
    past = [card for card, is_past in zip(cards, over, strict=True) if is_past]
    return render(ctx, "registrations/passes.html", coming=coming, past=past[::-1])


@router.page("/passes/{key}", name="passes.show", policy=Policy.PASS_HOLDER, cache=Cache.PRIVATE)
def show(ctx: Context, key: str) -> Response:
    """Show the pass."""
    return pass_page(ctx, key, open_pass(ctx, key))


@router.form("/passes/{key}/confirmation", name="passes.confirm", policy=Policy.PASS_HOLDER)
def confirm(ctx: Context, key: str) -> Response:
    """Confirm a guest's place by the button that proves the address."""
    own_pass = open_pass(ctx, key)
    try:
        actions.confirm(ctx.db, own_pass, ctx.now)
    except Refusal as refusal:
        return pass_page(ctx, key, own_pass, refusal)
    return ctx.redirect("passes.show", key=key)


@router.form("/passes/{key}/cancellation", name="passes.cancel", policy=Policy.PASS_HOLDER)
def cancel(ctx: Context, key: str) -> Response:
    """Give the place back."""
    own_pass = open_pass(ctx, key)
    try:
        actions.cancel(ctx.db, own_pass, ctx.now)
    except Refusal as refusal:
        return pass_page(ctx, key, own_pass, refusal)
    return ctx.redirect("passes.show", key=key)


@router.form("/passes/{key}/reminders", name="passes.reminders", policy=Policy.PASS_HOLDER)
def reminders(ctx: Context, key: str, data: Submitted) -> Response:
    """Turn reminders off and on."""
    own_pass = open_pass(ctx, key)
    actions.want_reminders(ctx.db, own_pass, wanted=data.get("wanted") == "yes")
    return ctx.redirect("passes.show", key=key)


@router.form("/passes/{key}/discretion", name="passes.discretion", policy=Policy.PASS_HOLDER)
def discretion(ctx: Context, key: str, data: Submitted) -> Response:
    """Turn discreet emails on and off for a guest; a member's profile decides for all."""
    own_pass = open_pass(ctx, key)
    actions.be_discreet(ctx.db, own_pass, wanted=data.get("wanted") == "yes")
    return ctx.redirect("passes.show", key=key)


@router.form("/passes/{key}/data", name="passes.archive", policy=Policy.PASS_HOLDER)
def archive(ctx: Context, key: str) -> Response:
    """Return everything we hold about this sign-up, in this answer and nowhere else."""
    return archive_of(ctx, holdings_of_pass(ctx.db, open_pass(ctx, key)))


@router.form("/passes/{key}/deletion", name="passes.erase", policy=Policy.PASS_HOLDER)
def erase(ctx: Context, key: str) -> Response:
    """Delete the sign-up at once; the pass opens nothing any more."""
    erase_pass(ctx.db, open_pass(ctx, key), ctx.now)
    return ctx.redirect("passes.erased")


@router.page("/sign-up-deleted", name="passes.erased", policy=Policy.ANYONE, cache=Cache.PRIVATE)
def erased(ctx: Context) -> Response:
    """Goodbye."""
    return render(ctx, "registrations/erased.html")


@router.form("/passes/{key}/attendance", name="passes.join", policy=Policy.PASS_HOLDER)
def join(ctx: Context, key: str) -> Response:
    """Open the room for whoever pressed the join button."""
    own_pass = open_pass(ctx, key)
    try:
        actions.join(ctx.db, own_pass, ctx.now)
    except Refusal as refusal:
        return pass_page(ctx, key, own_pass, refusal)
    return ctx.redirect("passes.room", key=key)


@dataclass(frozen=True, slots=True)
class RoomLink:
    """A link into the online room."""

    url: str
    host: str
    remark: LocalizedText


@router.page(
    "/passes/{key}/room", name="passes.room", policy=Policy.PASS_HOLDER, cache=Cache.PRIVATE
)
def room(ctx: Context, key: str) -> Response:
    """Show the links into the room, to whoever has pressed the join button."""
    own_pass = open_pass(ctx, key)
    try:
        rules.check_can_join(own_pass.event, own_pass.registration, ctx.now)
    except Refusal as refusal:
        return pass_page(ctx, key, own_pass, refusal)
    if own_pass.registration.attended_at is None:
        return ctx.redirect("passes.show", key=key)
    links = join_links_of(events.with_join_links(ctx.db, own_pass.event))
    rooms = [RoomLink(link.url, link.url.split("/")[2], link.remark.localized()) for link in links]
    return render(
        ctx, "registrations/room.html", key=key, title=own_pass.event.title.localized(), rooms=rooms
    )


@router.page(
    "/passes/{key}/event.ics", name="passes.file", policy=Policy.PASS_HOLDER, cache=Cache.PRIVATE
)
def file(ctx: Context, key: str) -> Response:
    """Return the event for the holder's calendar; it names neither holder nor room."""
    own_pass = open_pass(ctx, key)
    event = pass_event(ctx, own_pass.event)
    is_discreet = queries.recipient_of(ctx.db, own_pass.registration).is_discreet
    name = "event" if is_discreet else event.slug
    return calendar_file(ctx, [event], name, is_discreet=is_discreet)
