"""Writing an event: the form, and the page as readers will see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.events import actions as events
from portal.domain.events.page import event_page as event_page_for
from portal.domain.events.queries import managed_event
from portal.domain.organizations import queries as organizations
from portal.domain.registrations import consequences
from portal.refusals import NotAllowedError, Refusal
from portal.web.event_form import EventFields, details_from, form_context, values_of
from portal.web.event_refusals import refuse_the_rest
from portal.web.forms import Form
from portal.web.policies import Cache, Policy
from portal.web.routes.events import facts_of_page
from portal.web.routing import Pages

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.domain.events.models import Event
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
    return _form_page(visit, Form.filled(EventFields, start), organization=owner)


@pages.post("/organizing/{organization}/events", name="editing.create", policy=Policy.EDITOR)
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
            return visit.go("editing.preview", slug=event.slug)
    else:
        refuse_the_rest(form)
    return _form_page(visit, form, 422, organization=owner)


@pages.get(
    "/organizing/events/{slug}/edit",
    name="editing.edit",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def edit(visit: Visit, slug: str) -> Response:
    """The form with what has been saved."""
    event = managed_event(visit.db, visit.person, slug)
    return _form_page(visit, Form.filled(EventFields, values_of(event)), event=event)


@pages.post("/organizing/events/{slug}", name="editing.update", policy=Policy.EDITOR)
def update(visit: Visit, slug: str) -> Response:
    """Saves changes; whoever signed up hears of what concerns them."""
    event = managed_event(visit.db, visit.person, slug)
    form = Form(EventFields, visit.submitted)
    if form.fields:
        try:
            details = details_from(form.fields, event)
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
    return _form_page(visit, form, 422, event=event)


@pages.get(
    "/organizing/events/{slug}/preview",
    name="editing.preview",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def preview(visit: Visit, slug: str) -> Response:
    """The event page as readers will see it."""
    managed_event(visit.db, visit.person, slug)
    event, words = event_page_for(visit.db, visit.visitor, slug)
    return visit.page(
        "events/show.html",
        **facts_of_page(visit, event, words),
        standing=None,
        form=Form(EventFields),
        refusal=None,
        may_edit=True,
        may_analyse=True,
        is_preview=True,
    )


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
        "editing/form.html",
        status,
        form=form,
        event=event,
        organization=owner.name.said(),
        action=visit.url("editing.update", slug=event.slug)
        if event
        else visit.url("editing.create", organization=owner.slug),
        **form_context(visit, form, event),
    )
