"""The organisers' side: their events, and what can be done with each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.responses import Response

from portal.core.refusals import NotFoundError, Refusal
from portal.core.time_zones import wall_of
from portal.domain.emails.queries import undelivered
from portal.domain.events import actions as events
from portal.domain.events import organizer_listing
from portal.domain.events import rules as event_rules
from portal.domain.events.actions import hosting
from portal.domain.events.hosts import edited_host
from portal.domain.events.listing import PAST_SHOWN
from portal.domain.events.models import Event, Status
from portal.domain.events.queries import SHOWN, analysed_event, managed_event, shown
from portal.domain.initiatives import listing as initiatives
from portal.domain.initiatives.actions import hosting as initiative_hosting
from portal.domain.moderation.queries import standing_rulings
from portal.domain.organizations import queries as organizations
from portal.domain.organizations.models import Organization, Role
from portal.domain.organizations.rules import (
    is_verified,
    may_analyse,
    may_edit,
    may_own,
    may_translate,
)
from portal.domain.registrations import event_changes
from portal.domain.registrations import queries as registrations
from portal.domain.results.rules import has_taken_place
from portal.domain.stories import listing as stories
from portal.i18n import dates
from portal.i18n.locale import gettext as _
from portal.i18n.script_output import kept_said
from portal.web.components.decision_texts import own_ruling_row
from portal.web.components.event_cards import state_tags
from portal.web.components.roles import ROLES
from portal.web.components.story_cards import further_stories, story_cards
from portal.web.components.times import hours_of
from portal.web.events.hosts import invitation_of
from portal.web.events.managed_rows import OwnRows
from portal.web.http.context import Context
from portal.web.http.layout import render
from portal.web.http.pagination import page_asked, page_links
from portal.web.http.policies import Cache, Policy
from portal.web.http.routing import LOCALIZED, PortalRouter

router = PortalRouter(prefix=LOCALIZED)


@router.page("/organizing", name="organizing.index", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE)
def index(ctx: Context) -> Response:
    """A person's organisations and what they hold; further pages list their events or stories."""
    when, page = ctx.request.query_params.get("when"), page_asked(ctx)
    what = ctx.request.query_params.get("list", "events")
    if when not in {None, "past"} or what not in {"events", "stories"}:
        raise NotFoundError
    if when is None and page == 1 and what == "events":
        return organizations_page(ctx)
    mine = organizations.memberships_of(ctx.db, ctx.signed_in_user)
    if what == "stories":
        told, more = stories.of_organizations(ctx.db, _edited(mine), page)
        pager = page_links(ctx, "organizing.index", {"list": what}, page, more=more)
        return further_stories(ctx, told, pager, _("Organising"), "organizing.index")
    past, own = when is not None, OwnRows(ctx, mine)
    found, more = organizer_listing.of_organizations(
        ctx.db, _theirs(mine), ctx.now, page, past=past
    )
    return render(
        ctx,
        "organizing/events.html",
        past=past,
        cards=[own.event(each) for each in found],
        pager=page_links(ctx, "organizing.index", {"when": when}, page, more=more),
    )


def _theirs(mine: Sequence[tuple[Organization, str]]) -> organizer_listing.Theirs:
    return organizer_listing.Theirs(
        [organization.id for organization, _role in mine],
        [o.id for o, role in mine if may_analyse(role) or may_translate(role)],
    )


def _edited(mine: Sequence[tuple[Organization, str]]) -> list[int]:
    return [organization.id for organization, role in mine if may_edit(role)]


def organizations_page(ctx: Context, refusal: Refusal | None = None) -> Response:
    """The same, and why something about one of the organisations was refused."""
    mine = organizations.memberships_of(ctx.db, ctx.signed_in_user)
    own, theirs = OwnRows(ctx, mine), _theirs(mine)
    coming, more = organizer_listing.of_organizations(ctx.db, theirs, ctx.now)
    lately, earlier = organizer_listing.of_organizations(
        ctx.db, theirs, ctx.now, past=True, room=PAST_SHOWN
    )
    edited = _edited(mine)
    told, has_more_told = stories.of_organizations(ctx.db, edited)
    asked = hosting.open_invitations(ctx.db, edited)
    rulings = standing_rulings(ctx.db, edited)
    return render(
        ctx,
        "organizing/index.html",
        409 if refusal else 200,
        refusal=refusal and refusal.said(),
        organizations=[
            {
                "name": organization.name.said(),
                "slug": organization.slug,
                "role": str(ROLES[Role(role)]),
                "is_verified": is_verified(organization.verified_until, ctx.now),
                "may_edit": may_edit(role),
                "may_own": may_own(role),
                "may_translate": may_translate(role),
            }
            for organization, role in mine
        ],
        invitations=[invitation_of(ctx, each) for each in asked],
        decisions=[own_ruling_row(ctx, each) for each in rulings],
        asked_to_hold=[
            {
                "title": each.item.title.said(),
                "slug": each.item.slug,
                "founder": kept_said(each.founder.name.said()),
                "organization": kept_said(each.organization.name.said()),
                "asked": each.organization.slug,
            }
            for each in initiative_hosting.open_invitations(ctx.db, edited)
        ],
        initiatives=[
            own.initiative(each)
            for each in initiatives.of_organizations(
                ctx.db, theirs.organizations, theirs.with_drafts
            )
        ],
        coming=[own.event(each) for each in coming],
        lately=[own.event(each) for each in lately],
        has_earlier=earlier,
        waiting_stories=story_cards(
            ctx, stories.waiting(ctx.db, edited, of_the_portal=False), "desk.show"
        ),
        stories=story_cards(ctx, told, "desk.show"),
        has_more_stories=has_more_told,
        pager=page_links(ctx, "organizing.index", {}, 1, more=more),
        is_administrator=ctx.signed_in_user.is_administrator,
    )


@router.page(
    "/organizing/events/{slug}", name="organizing.show", policy=Policy.ANALYST, cache=Cache.PRIVATE
)
def show(ctx: Context, slug: str) -> Response:
    """One event as its organisers see it: where it stands and what can be done."""
    return overview(ctx, slug)


def overview(ctx: Context, slug: str, refusal: Refusal | None = None) -> Response:
    """Where an event stands, and what its organisers can do now."""
    event, roles = analysed_event(ctx.db, ctx.signed_in_user, slug)
    row = shown(ctx.db, SHOWN.where(Event.id == event.id))[0]
    starts = wall_of(event.starts_at, event.time_zone)
    over = event_rules.is_over(event, ctx.now)
    return render(
        ctx,
        "organizing/show.html",
        409 if refusal else 200,
        event=row,
        title=event.title.said(),
        tags=state_tags(row, ctx.now),
        hours=hours_of(event.starts_at, event.time_zone, ctx.chosen_zone),
        day=dates.full(starts.date()),
        refusal=refusal and refusal.said(),
        counts=registrations.counts(ctx.db, event),
        undelivered=undelivered(ctx.db, event.id),
        may_edit=event_rules.may_edit(roles),
        may_check_in=event_rules.may_check_in(roles),
        is_draft=event.published_at is None,
        is_over=over,
        may_postpone=event.published_at is not None
        and event.status == Status.SCHEDULED
        and not over,
        may_cancel=event.published_at is not None and event.status != Status.CANCELLED and not over,
        may_change=event.status != Status.CANCELLED,
        may_tell=event_rules.may_edit(roles) and has_taken_place(event, ctx.now),
    )


@router.form(
    "/organizing/events/{slug}/publication", name="organizing.publish", policy=Policy.EDITOR
)
def publish(ctx: Context, slug: str) -> Response:
    """Shows a draft to its readers."""
    return _act(ctx, slug, events.publish)


@router.form(
    "/organizing/events/{slug}/postponement", name="organizing.postpone", policy=Policy.EDITOR
)
def postpone(ctx: Context, slug: str) -> Response:
    """Takes the date back until a new one is set."""
    return _act(ctx, slug, event_changes.postpone)


@router.form(
    "/organizing/events/{slug}/cancellation", name="organizing.cancel", policy=Policy.EDITOR
)
def cancel(ctx: Context, slug: str) -> Response:
    """Calls the event off."""
    return _act(ctx, slug, event_changes.cancel_event)


@router.form("/organizing/events/{slug}/copies", name="organizing.duplicate", policy=Policy.EDITOR)
def duplicate(ctx: Context, slug: str) -> Response:
    """A draft with the same words, to be given a date of its own."""
    event = managed_event(ctx.db, ctx.signed_in_user, slug)
    host = edited_host(ctx.db, ctx.signed_in_user, event)
    copy = events.duplicate(ctx.db, event, host, ctx.now)
    return ctx.redirect("editing.edit", slug=copy.slug)


def _act(ctx: Context, slug: str, verb: Callable[[Session, Event, datetime], None]) -> Response:
    """Finds, does one thing, goes back; a refusal is said on the same page (409)."""
    event = managed_event(ctx.db, ctx.signed_in_user, slug)
    try:
        verb(ctx.db, event, ctx.now)
    except Refusal as refusal:
        return overview(ctx, slug, refusal)
    return ctx.redirect("organizing.show", slug=slug)
