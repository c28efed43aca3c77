"""The organisers' side: their events, and writing, publishing and changing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.events import actions as events
from portal.domain.events import listing
from portal.domain.events.queries import event_page as event_page_for
from portal.domain.events.queries import managed_event
from portal.domain.organizations import queries as organizations
from portal.domain.organizations.rules import may_edit, may_own
from portal.domain.registrations import consequences
from portal.refusals import NotAllowedError, Refusal
from portal.web.cards import cards_of
from portal.web.event_form import EventFields, details_from, form_context, values_of
from portal.web.filters import page_links
from portal.web.forms import Form
from portal.web.routes.events import facts_of_page
from portal.web.routing import Cache, Pages, Policy

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session
    from starlette.responses import Response

    from portal.domain.events.models import Event
    from portal.domain.organizations.models import Organization
    from portal.web.visit import Visit

pages = Pages()


@pages.get("/organizing", name="organizing.index", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE)
def index(visit: Visit) -> Response:
    """A person's organisations and their events, drafts too."""
    mine = organizations.memberships_of(visit.db, visit.person)
    number = visit.request.query_params.get("page", "1")
    page = max(1, min(int(number), 1000)) if number.isascii() and number.isdigit() else 1
    found, more = listing.of_organizations(visit.db, [o.id for o, _role in mine], page)
    return visit.page(
        "organizing/index.html",
        organizations=[
            {
                "name": organization.name.said(),
                "slug": organization.slug,
                "may_edit": may_edit(role),
                "may_own": may_own(role),
            }
            for organization, role in mine
        ],
        cards=cards_of(visit, found, route="organizing.show"),
        pager=page_links(visit, "organizing.index", {}, page, more=more),
        is_administrator=visit.person.is_administrator,
    )


@pages.get(
    "/organizing/{organization}/events/new",
    name="organizing.new",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def new(visit: Visit, organization: str) -> Response:
    """An empty form, with what is already known filled in."""
    owner = organizations.edited_organization(visit.db, visit.person, organization)
    start = {
        "original": visit.language,
        "time_zone": owner.time_zone,
        "attendance_mode": "online",
        "visibility": "public",
        "languages": ["kk"],
    }
    return _form_page(visit, Form.filled(EventFields, start), organization=owner)


@pages.post("/organizing/{organization}/events", name="organizing.create", policy=Policy.EDITOR)
def create(visit: Visit, organization: str) -> Response:
    """Saves a draft."""
    owner = organizations.edited_organization(visit.db, visit.person, organization)
    form = Form(EventFields, visit.submitted)
    if form.fields:
        try:
            event = events.create(visit.db, owner, details_from(form.fields), visit.now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return visit.go("organizing.preview", slug=event.slug)
    return _form_page(visit, form, 422, organization=owner)


@pages.get(
    "/organizing/events/{slug}", name="organizing.show", policy=Policy.ANALYST, cache=Cache.PRIVATE
)
def show(visit: Visit, slug: str) -> Response:
    """One event as its organisers see it: where it stands and what can be done. See results.py."""
    from portal.web.routes.results import overview  # noqa: PLC0415 - one page, two modules

    return overview(visit, slug)


@pages.get(
    "/organizing/events/{slug}/edit",
    name="organizing.edit",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def edit(visit: Visit, slug: str) -> Response:
    """The form with what has been saved."""
    event = managed_event(visit.db, visit.person, slug)
    return _form_page(visit, Form.filled(EventFields, values_of(event)), event=event)


@pages.post("/organizing/events/{slug}", name="organizing.update", policy=Policy.EDITOR)
def update(visit: Visit, slug: str) -> Response:
    """Saves changes; whoever signed up hears of what concerns them."""
    event = managed_event(visit.db, visit.person, slug)
    form = Form(EventFields, visit.submitted)
    if form.fields:
        try:
            details = details_from(form.fields, event)
            consequences.change_event(visit.db, event, details, form.fields.revision, visit.now)
        except Refusal as refusal:
            form.refuse(refusal)
            form.values["revision"] = str(event.revision)
        else:
            return visit.go(
                "organizing.preview" if not event.published_at else "organizing.show", slug=slug
            )
    return _form_page(visit, form, 422, event=event)


@pages.get(
    "/organizing/events/{slug}/preview",
    name="organizing.preview",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def preview(visit: Visit, slug: str) -> Response:
    """The event page as readers will see it."""
    managed_event(visit.db, visit.person, slug)
    event, html = event_page_for(visit.db, visit.visitor, slug)
    return visit.page(
        "events/show.html",
        **facts_of_page(visit, event, html),
        standing=None,
        form=Form(EventFields),
        refusal=None,
        may_edit=True,
        may_analyse=True,
        is_preview=True,
    )


def _publish(_db: Session, event: Event, now: datetime) -> None:
    events.publish(event, now)


@pages.post(
    "/organizing/events/{slug}/publication", name="organizing.publish", policy=Policy.EDITOR
)
def publish(visit: Visit, slug: str) -> Response:
    """Shows a draft to its readers."""
    return _act(visit, slug, _publish)


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
    copy = events.duplicate(visit.db, event, visit.now)
    return visit.go("organizing.edit", slug=copy.slug)


def _act(visit: Visit, slug: str, verb: Callable[[Session, Event, datetime], None]) -> Response:
    """Finds, does one thing, goes back; a refusal is said on the same page (409)."""
    from portal.web.routes.results import overview  # noqa: PLC0415 - one page, two modules

    event = managed_event(visit.db, visit.person, slug)
    try:
        verb(visit.db, event, visit.now)
    except Refusal as refusal:
        return overview(visit, slug, refusal)
    return visit.go("organizing.show", slug=slug)


def _form_page(
    visit: Visit,
    form: Form[EventFields],
    status: int = 200,
    *,
    organization: Organization | None = None,
    event: Event | None = None,
) -> Response:
    owner = event.organization if event else organization
    if owner is None:
        raise NotAllowedError
    return visit.page(
        "organizing/form.html",
        status,
        form=form,
        event=event,
        organization=owner.name.said(),
        action=visit.url("organizing.update", slug=event.slug)
        if event
        else visit.url("organizing.create", organization=owner.slug),
        **form_context(visit, form, event),
    )
