"""The organisers' side: their events, and what can be done with each."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.responses import Response

from portal.core.refusals import NotFoundError, Refusal
from portal.domain.events import actions as events
from portal.domain.events import organizer_listing
from portal.domain.events.hosts import edited_host
from portal.domain.events.models import Event
from portal.domain.events.queries import managed_event
from portal.domain.organizations import queries as organizations
from portal.domain.registrations import event_changes
from portal.domain.stories import listing as stories
from portal.i18n.locale import gettext as _
from portal.web.components.manage_page import (
    ManagedRows,
    edited_of,
    organizations_page,
    theirs_of,
)
from portal.web.components.story_cards import further_stories
from portal.web.events.presenter import overview
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.pagination import page_asked, page_links

router = PortalRouter()


@router.page("/manage", name="manage.index", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE)
def index(ctx: Context) -> Response:
    """Show a person's organisations and what they host; further pages list one kind."""
    when, page = ctx.request.query_params.get("when"), page_asked(ctx)
    what = ctx.request.query_params.get("list", "events")
    if when not in {None, "past"} or what not in {"events", "stories"}:
        raise NotFoundError
    if when is None and page == 1 and what == "events":
        return organizations_page(ctx)
    mine = organizations.memberships_of(ctx.db, ctx.signed_in_user)
    if what == "stories":
        published, more = stories.of_organizations(ctx.db, edited_of(mine), page)
        pager = page_links(ctx, "manage.index", {"list": what}, page, more=more)
        return further_stories(ctx, published, pager, _("Organising"), "manage.index")
    past, own = when is not None, ManagedRows(ctx, mine)
    found, more = organizer_listing.of_organizations(
        ctx.db, theirs_of(mine), ctx.now, page, past=past
    )
    return render(
        ctx,
        "events/manage_events.html",
        past=past,
        cards=[own.event(each) for each in found],
        pager=page_links(ctx, "manage.index", {"when": when}, page, more=more),
    )


@router.page(
    "/manage/events/{slug}", name="manage.show", policy=Policy.ANALYST, cache=Cache.PRIVATE
)
def show(ctx: Context, slug: str) -> Response:
    """Show one event as its organisers see it: where it stands and what can be done."""
    return overview(ctx, slug)


@router.form("/manage/events/{slug}/publication", name="manage.publish", policy=Policy.EDITOR)
def publish(ctx: Context, slug: str) -> Response:
    """Show a draft to its readers."""
    return _act(ctx, slug, events.publish)


@router.form("/manage/events/{slug}/postponement", name="manage.postpone", policy=Policy.EDITOR)
def postpone(ctx: Context, slug: str) -> Response:
    """Take the date back until a new one is set."""
    return _act(ctx, slug, event_changes.postpone)


@router.form("/manage/events/{slug}/cancellation", name="manage.cancel", policy=Policy.EDITOR)
def cancel(ctx: Context, slug: str) -> Response:
    """Call the event off."""
    return _act(ctx, slug, event_changes.cancel_event)


@router.form("/manage/events/{slug}/copies", name="manage.duplicate", policy=Policy.EDITOR)
def duplicate(ctx: Context, slug: str) -> Response:
    """Duplicate an event as a draft, to be given a date of its own."""
    event = managed_event(ctx.db, ctx.signed_in_user, slug)
    host = edited_host(ctx.db, ctx.signed_in_user, event)
    copy = events.duplicate(ctx.db, event, host, ctx.now)
    return ctx.redirect("events.edit", slug=copy.slug)


def _act(ctx: Context, slug: str, verb: Callable[[Session, Event, datetime], None]) -> Response:
    """Find, do one thing, go back; a refusal is said on the same page (409)."""
    event = managed_event(ctx.db, ctx.signed_in_user, slug)
    try:
        verb(ctx.db, event, ctx.now)
    except Refusal as refusal:
        return overview(ctx, slug, refusal)
    return ctx.redirect("manage.show", slug=slug)
