"""The organisers' side: their events, and what can be done with each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import dates
from portal.domain.events import actions as events
from portal.domain.events import holdings, invitations
from portal.domain.events import rules as event_rules
from portal.domain.events.hosts import edited_host
from portal.domain.events.listing import PAST_SHOWN
from portal.domain.events.models import Event, Status
from portal.domain.events.queries import SHOWN, analysed_event, managed_event, shown
from portal.domain.initiatives import hosting
from portal.domain.initiatives import listing as initiatives
from portal.domain.letters.queries import undelivered
from portal.domain.moderation.concerned import standing_rulings
from portal.domain.organizations import queries as organizations
from portal.domain.organizations.models import Role
from portal.domain.organizations.rules import (
    is_verified,
    may_analyse,
    may_edit,
    may_own,
    may_translate,
)
from portal.domain.registrations import consequences
from portal.domain.registrations import queries as registrations
from portal.domain.results.rules import has_taken_place
from portal.domain.stories import listing as stories
from portal.i18n import gettext as _
from portal.refusals import NotFoundError, Refusal
from portal.time_zones import wall_of
from portal.web.cards import state_tags
from portal.web.cases import own_ruling_row
from portal.web.filters import page_asked, page_links
from portal.web.hours import hours_of
from portal.web.own_rows import OwnRows
from portal.web.policies import Cache, Policy
from portal.web.roles import ROLES
from portal.web.routes.hosts import invitation_of
from portal.web.routing import Pages
from portal.web.story_cards import further_stories, story_cards
from portal.written import kept_said

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session
    from starlette.responses import Response

    from portal.domain.organizations.models import Organization
    from portal.web.visit import Visit

pages = Pages()


@pages.get("/organizing", name="organizing.index", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE)
def index(visit: Visit) -> Response:
    """A person's organisations and what they hold; further pages list their events or stories."""
    when, page = visit.request.query_params.get("when"), page_asked(visit)
    what = visit.request.query_params.get("list", "events")
    if when not in {None, "past"} or what not in {"events", "stories"}:
        raise NotFoundError
    if when is None and page == 1 and what == "events":
        return organizations_page(visit)
    mine = organizations.memberships_of(visit.db, visit.person)
    if what == "stories":
        told, more = stories.of_organizations(visit.db, _edited(mine), page)
        pager = page_links(visit, "organizing.index", {"list": what}, page, more=more)
        return further_stories(visit, told, pager, _("Organising"), "organizing.index")
    past, own = when is not None, OwnRows(visit, mine)
    found, more = holdings.of_organizations(visit.db, _theirs(mine), visit.now, page, past=past)
    return visit.page(
        "organizing/events.html",
        past=past,
        cards=[own.event(each) for each in found],
        pager=page_links(visit, "organizing.index", {"when": when}, page, more=more),
    )


def _theirs(mine: Sequence[tuple[Organization, str]]) -> holdings.Theirs:
    return holdings.Theirs(
        [organization.id for organization, _role in mine],
        [o.id for o, role in mine if may_analyse(role) or may_translate(role)],
    )


def _edited(mine: Sequence[tuple[Organization, str]]) -> list[int]:
    return [organization.id for organization, role in mine if may_edit(role)]


def organizations_page(visit: Visit, refusal: Refusal | None = None) -> Response:
    """The same, and why something about one of the organisations was refused."""
    mine = organizations.memberships_of(visit.db, visit.person)
    own, theirs = OwnRows(visit, mine), _theirs(mine)
    coming, more = holdings.of_organizations(visit.db, theirs, visit.now)
    lately, earlier = holdings.of_organizations(
        visit.db, theirs, visit.now, past=True, room=PAST_SHOWN
    )
    edited = _edited(mine)
    told, has_more_told = stories.of_organizations(visit.db, edited)
    asked = invitations.open_invitations(visit.db, edited)
    rulings = standing_rulings(visit.db, edited)
    return visit.page(
        "organizing/index.html",
        409 if refusal else 200,
        refusal=refusal and refusal.said(),
        organizations=[
            {
                "name": organization.name.said(),
                "slug": organization.slug,
                "role": str(ROLES[Role(role)]),
                "is_verified": is_verified(organization.verified_until, visit.now),
                "may_edit": may_edit(role),
                "may_own": may_own(role),
                "may_translate": may_translate(role),
            }
            for organization, role in mine
        ],
        invitations=[invitation_of(visit, each) for each in asked],
        decisions=[own_ruling_row(visit, each) for each in rulings],
        asked_to_hold=[
            {
                "title": each.initiative.title.said(),
                "slug": each.initiative.slug,
                "founder": kept_said(each.founder.name.said()),
                "organization": kept_said(each.organization.name.said()),
                "asked": each.organization.slug,
            }
            for each in hosting.open_invitations(visit.db, edited)
        ],
        initiatives=[
            own.initiative(each) for each in initiatives.of_organizations(visit.db, *theirs)
        ],
        coming=[own.event(each) for each in coming],
        lately=[own.event(each) for each in lately],
        has_earlier=earlier,
        waiting_stories=story_cards(
            visit, stories.waiting(visit.db, edited, of_the_portal=False), "desk.show"
        ),
        stories=story_cards(visit, told, "desk.show"),
        has_more_stories=has_more_told,
        pager=page_links(visit, "organizing.index", {}, 1, more=more),
        is_administrator=visit.person.is_administrator,
    )


@pages.get(
    "/organizing/events/{slug}", name="organizing.show", policy=Policy.ANALYST, cache=Cache.PRIVATE
)
def show(visit: Visit, slug: str) -> Response:
    """One event as its organisers see it: where it stands and what can be done."""
    return overview(visit, slug)


def overview(visit: Visit, slug: str, refusal: Refusal | None = None) -> Response:
    """Where an event stands, and what its organisers can do now."""
    event, roles = analysed_event(visit.db, visit.person, slug)
    row = shown(visit.db, SHOWN.where(Event.id == event.id))[0]
    starts = wall_of(event.starts_at, event.time_zone)
    over = event_rules.is_over(event, visit.now)
    return visit.page(
        "organizing/show.html",
        409 if refusal else 200,
        event=row,
        title=event.title.said(),
        tags=state_tags(row, visit.now),
        hours=hours_of(event.starts_at, event.time_zone, visit.chosen_zone),
        day=dates.full(starts.date()),
        refusal=refusal and refusal.said(),
        counts=registrations.counts(visit.db, event),
        undelivered=undelivered(visit.db, event.id),
        may_edit=event_rules.may_edit(roles),
        may_check_in=event_rules.may_check_in(roles),
        is_draft=event.published_at is None,
        is_over=over,
        may_postpone=event.published_at is not None
        and event.status == Status.SCHEDULED
        and not over,
        may_cancel=event.published_at is not None and event.status != Status.CANCELLED and not over,
        may_change=event.status != Status.CANCELLED,
        may_tell=event_rules.may_edit(roles) and has_taken_place(event, visit.now),
    )


@pages.post(
    "/organizing/events/{slug}/publication", name="organizing.publish", policy=Policy.EDITOR
)
def publish(visit: Visit, slug: str) -> Response:
    """Shows a draft to its readers."""
    return _act(visit, slug, events.publish)


@pages.post(
    "/organizing/events/{slug}/postponement", name="organizing.postpone", policy=Policy.EDITOR
)
def postpone(visit: Visit, slug: str) -> Response:
    """Takes the date back until a new one is set."""
    return _act(visit, slug, consequences.postpone)


@pages.post(
    "/organizing/events/{slug}/cancellation", name="organizing.cancel", policy=Policy.EDITOR
)
def cancel(visit: Visit, slug: str) -> Response:
    """Calls the event off."""
    return _act(visit, slug, consequences.cancel_event)


@pages.post("/organizing/events/{slug}/copies", name="organizing.duplicate", policy=Policy.EDITOR)
def duplicate(visit: Visit, slug: str) -> Response:
    """A draft with the same words, to be given a date of its own."""
    event = managed_event(visit.db, visit.person, slug)
    host = edited_host(visit.db, visit.person, event)
    copy = events.duplicate(visit.db, event, host, visit.now)
    return visit.go("editing.edit", slug=copy.slug)


def _act(visit: Visit, slug: str, verb: Callable[[Session, Event, datetime], None]) -> Response:
    """Finds, does one thing, goes back; a refusal is said on the same page (409)."""
    event = managed_event(visit.db, visit.person, slug)
    try:
        verb(visit.db, event, visit.now)
    except Refusal as refusal:
        return overview(visit, slug, refusal)
    return visit.go("organizing.show", slug=slug)
