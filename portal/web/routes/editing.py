"""Writing an event: the form, and the page as readers will see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.events import actions as events
from portal.domain.events.invitations import hosts_of
from portal.domain.events.page import event_page
from portal.domain.events.queries import managed_event
from portal.domain.initiatives.queries import choices_for
from portal.domain.organizations import queries as organizations
from portal.domain.registrations import consequences
from portal.refusals import NotAllowedError, Refusal
from portal.web.event_form import EventFields, details_from, form_context, values_of
from portal.web.event_page import page_of
from portal.web.event_refusals import refuse_the_rest
from portal.web.forms import Form
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages
from portal.web.sign_up_panel import panel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from portal.domain.events.models import Event
    from portal.domain.initiatives.queries import Shown
    from portal.domain.organizations.models import Organization
    from portal.web.visit import Visit

pages = Pages()


@pages.get(
    "/organizing/{organization}/events/new",
    name="editing.new",
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
    return _form_page(visit, Form.filled(EventFields, start), _initiatives(visit, owner.id), owner)


@pages.post("/organizing/{organization}/events", name="editing.create", policy=Policy.EDITOR)
def create(visit: Visit, organization: str) -> Response:
    """Saves a draft."""
    owner = organizations.edited_organization(visit.db, visit.person, organization)
    form, initiatives = Form(EventFields, visit.submitted), _initiatives(visit, owner.id)
    if form.fields:
        try:
            details = details_from(form.fields, initiatives=initiatives)
            event = events.create(visit.db, owner, details, visit.now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return visit.go("editing.preview", slug=event.slug)
    else:
        refuse_the_rest(form)
    return _form_page(visit, form, initiatives, owner, status=422)


@pages.get(
    "/organizing/events/{slug}/edit",
    name="editing.edit",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def edit(visit: Visit, slug: str) -> Response:
    """The form with what has been saved."""
    event = managed_event(visit.db, visit.person, slug)
    initiatives = _initiatives_of(visit, event)
    form = Form.filled(EventFields, values_of(event, initiatives))
    return _form_page(visit, form, initiatives, event=event)


@pages.post("/organizing/events/{slug}", name="editing.update", policy=Policy.EDITOR)
def update(visit: Visit, slug: str) -> Response:
    """Saves changes; whoever signed up hears of what concerns them."""
    event = managed_event(visit.db, visit.person, slug)
    form, initiatives = Form(EventFields, visit.submitted), _initiatives_of(visit, event)
    if form.fields:
        try:
            details = details_from(form.fields, event, initiatives)
            consequences.change_event(
                visit.db,
                event,
                details,
                form.fields.revision,
                visit.now,
                is_small_fix=bool(form.fields.small_fix),
            )
        except Refusal as refusal:
            form.refuse(refusal)
            form.values["revision"] = str(event.revision)
        else:
            return visit.go(
                "editing.preview" if not event.published_at else "organizing.show", slug=slug
            )
    else:
        refuse_the_rest(form, event.taken)
    return _form_page(visit, form, initiatives, event=event, status=422)


@pages.get(
    "/organizing/events/{slug}/preview",
    name="editing.preview",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def preview(visit: Visit, slug: str) -> Response:
    """The event page as readers will see it."""
    managed_event(visit.db, visit.person, slug)
    page = page_of(visit, *event_page(visit.db, visit.visitor, slug), is_preview=True)
    return visit.page(
        "events/show.html",
        page=page,
        panel=panel(visit, page.offer, is_preview=True),
        form=Form(EventFields),
        may_analyse=True,
        is_preview=True,
    )


def _initiatives(visit: Visit, *organization_ids: int) -> Sequence[Shown]:
    return choices_for(visit.db, organization_ids)


def _initiatives_of(visit: Visit, event: Event) -> Sequence[Shown]:
    """Those of its hosts, and the one it belongs to."""
    hosts = [host.id for _host, host in hosts_of(visit.db, event)]
    return choices_for(visit.db, [event.organization_id, *hosts], event.initiative_id)


def _form_page(
    visit: Visit,
    form: Form[EventFields],
    initiatives: Sequence[Shown],
    organization: Organization | None = None,
    *,
    event: Event | None = None,
    status: int = 200,
) -> Response:
    owner = event.organization if event else organization
    if owner is None:
        raise NotAllowedError
    return visit.page(
        "editing/form.html",
        status,
        form=form,
        event=event,
        organization=owner.name.said(),
        action=visit.url("editing.update", slug=event.slug)
        if event
        else visit.url("editing.create", organization=owner.slug),
        **form_context(visit, form, event, initiatives),
    )
