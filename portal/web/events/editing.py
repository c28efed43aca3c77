"""Writing an event: the form, and the page as readers will see it."""

from collections.abc import Sequence
from typing import Annotated

from starlette.responses import Response

from portal.core.refusals import NotAllowedError, Refusal
from portal.domain.events import actions as events
from portal.domain.events.actions import hosting
from portal.domain.events.models import Event
from portal.domain.events.queries import event_page, managed_event
from portal.domain.initiatives.queries import InitiativeRow, choices_for
from portal.domain.organizations import queries as organizations
from portal.domain.organizations.models import Organization
from portal.domain.registrations import event_changes
from portal.web.events.form import EventFields, details_from, form_context, values_of
from portal.web.events.form_errors import refuse_the_rest
from portal.web.events.presenter import page_of
from portal.web.events.registration_panel import BLANK
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.forms import Form, submitted

router = PortalRouter()
EventForm = Annotated[Form[EventFields], submitted(EventFields)]


@router.page(
    "/manage/{organization}/events/new",
    name="events.new",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def new(ctx: Context, organization: str) -> Response:
    """Show an empty form, with what is already known filled in."""
    owner = organizations.edited_organization(ctx.db, ctx.signed_in_user, organization)
    start = {
        "original": ctx.language,
        "time_zone": owner.time_zone,
        "attendance_mode": "online",
        "visibility": "public",
        "languages": ["kk"],
    }
    return _form_page(ctx, Form.filled(EventFields, start), _initiatives(ctx, owner.id), owner)


@router.form("/manage/{organization}/events", name="events.create", policy=Policy.EDITOR)
def create(ctx: Context, organization: str, form: EventForm) -> Response:
    """Save a draft."""
    owner = organizations.edited_organization(ctx.db, ctx.signed_in_user, organization)
    initiatives = _initiatives(ctx, owner.id)
    if form.fields:
        try:
            details = details_from(form.fields, initiatives=initiatives)
            event = events.create(ctx.db, owner, details, ctx.now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return ctx.redirect("events.preview", slug=event.slug)
    else:
        refuse_the_rest(form)
    return _form_page(ctx, form, initiatives, owner, status=422)


@router.page(
    "/manage/events/{slug}/edit",
    name="events.edit",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def edit(ctx: Context, slug: str) -> Response:
    """Show the form with what has been saved."""
    event = managed_event(ctx.db, ctx.signed_in_user, slug)
    initiatives = _initiatives_of(ctx, event)
    form = Form.filled(EventFields, values_of(event, initiatives))
    return _form_page(ctx, form, initiatives, event=event)


@router.form("/manage/events/{slug}", name="events.update", policy=Policy.EDITOR)
def update(ctx: Context, slug: str, form: EventForm) -> Response:
    """Save changes; whoever signed up hears of what concerns them."""
    event = managed_event(ctx.db, ctx.signed_in_user, slug)
    initiatives = _initiatives_of(ctx, event)
    if form.fields:
        try:
            details = details_from(form.fields, event, initiatives)
            event_changes.change_event(
                ctx.db,
                event,
                details,
                form.fields.revision,
                ctx.now,
                is_small_fix=bool(form.fields.small_fix),
            )
        except Refusal as refusal:
            form.refuse(refusal)
            form.values["revision"] = str(event.revision)
        else:
            return ctx.redirect(
                "events.preview" if not event.published_at else "manage.show", slug=slug
            )
    else:
        refuse_the_rest(form, event.taken)
    return _form_page(ctx, form, initiatives, event=event, status=422)


@router.page(
    "/manage/events/{slug}/preview",
    name="events.preview",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def preview(ctx: Context, slug: str) -> Response:
    """Show the event page as readers will see it."""
    managed_event(ctx.db, ctx.signed_in_user, slug)
    page = page_of(ctx, *event_page(ctx.db, ctx.user, slug), is_preview=True)
    return render(
        ctx,
        "events/show.html",
        page=page,
        form=BLANK,
        registration=None,
        refusal=None,
        may_analyse=True,
        is_preview=True,
    )


def _initiatives(ctx: Context, *organization_ids: int) -> Sequence[InitiativeRow]:
    return choices_for(ctx.db, organization_ids)


def _initiatives_of(ctx: Context, event: Event) -> Sequence[InitiativeRow]:
    """Return those of its hosts, and the one it belongs to."""
    hosts = [host.id for _host, host in hosting.hosts_of(ctx.db, event)]
    return choices_for(ctx.db, [event.organization_id, *hosts], event.initiative_id)


def _form_page(
    ctx: Context,
    form: Form[EventFields],
    initiatives: Sequence[InitiativeRow],
    organization: Organization | None = None,
    *,
    event: Event | None = None,
    status: int = 200,
) -> Response:
    owner = event.organization if event else organization
    if owner is None:
        raise NotAllowedError
    return render(
        ctx,
        "events/form.html",
        status,
        form=form,
        event=event,
        organization=owner.name.localized(),
        action=ctx.url("events.update", slug=event.slug)
        if event
        else ctx.url("events.create", organization=owner.slug),
        **form_context(ctx, form, event, initiatives),
    )
