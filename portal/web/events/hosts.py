"""Holding an event together: whom its founder asks, and what the asked answer."""

from typing import Annotated, Final

from starlette.responses import Response

from portal.core.refusals import NotAllowedError, NotFoundError, Refusal
from portal.domain.events.actions import hosting
from portal.domain.events.models import Event
from portal.domain.events.queries import managed_event
from portal.domain.organizations import queries as organizations
from portal.domain.organizations.models import HostState
from portal.domain.registrations import event_changes
from portal.i18n.locale import gettext_lazy as _
from portal.web.components.hosts import HostFields, HostingKind, HostingPage, hosts_page
from portal.web.components.manage_page import invitation_of
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.forms import Form, submitted

router = PortalRouter()
STATES = {
    HostState.INVITED: _("Asked, not answered yet"),
    HostState.ACCEPTED: _("Holds the event"),
    HostState.DECLINED: _("Declined"),
}


KIND: Final = HostingKind(
    STATES,
    _("Each shows the event, may edit it, and sees who takes part."),
    item="manage.show",
    routes="hosts",
)


@router.page(
    "/manage/events/{slug}/hosts", name="hosts.index", policy=Policy.EDITOR, cache=Cache.PRIVATE
)
def index(ctx: Context, slug: str) -> Response:
    """Show who holds an event, and who has been asked to."""
    return _page(ctx, managed_event(ctx.db, ctx.signed_in_user, slug), Form(HostFields))


@router.form(
    "/manage/events/{slug}/hosts", name="hosts.invite", policy=Policy.EDITOR, second_factor=True
)
def invite(
    ctx: Context, slug: str, form: Annotated[Form[HostFields], submitted(HostFields)]
) -> Response:
    """Ask an organisation."""
    event = hosting.founded(ctx.db, ctx.signed_in_user, slug)

    def ask(said: HostFields) -> None:
        asked = organizations.organization_named(ctx.db, said.organization)
        hosting.invite(ctx.db, event, asked, ctx.now)

    if form.accepts(ask):
        return ctx.redirect("hosts.index", slug=slug)
    return _page(ctx, event, form, 422)


@router.page(
    "/manage/events/{slug}/hosts/{organization}",
    name="hosts.show",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def show(ctx: Context, slug: str, organization: str) -> Response:
    """Show an invitation as the asked organisation reads it."""
    return _invitation_page(ctx, slug, organization)


@router.form(
    "/manage/events/{slug}/hosts/{organization}/acceptance",
    name="hosts.accept",
    policy=Policy.EDITOR,
    second_factor=True,
)
def accept(ctx: Context, slug: str, organization: str) -> Response:
    """Accept an invitation to host the event; whoever signed up is told."""
    host = hosting.invitation_to(ctx.db, ctx.signed_in_user, slug, organization)
    try:
        event_changes.join_hosts(ctx.db, host, ctx.now)
    except Refusal as refusal:
        return _invitation_page(ctx, slug, organization, refusal)
    return ctx.redirect("manage.show", slug=slug)


@router.form(
    "/manage/events/{slug}/hosts/{organization}/refusal",
    name="hosts.decline",
    policy=Policy.EDITOR,
)
def decline(ctx: Context, slug: str, organization: str) -> Response:
    """Decline an invitation to host."""
    host = hosting.invitation_to(ctx.db, ctx.signed_in_user, slug, organization)
    try:
        hosting.decline(ctx.db, host, ctx.now)
    except Refusal as refusal:
        return _invitation_page(ctx, slug, organization, refusal)
    return ctx.redirect("manage.index")


@router.form(
    "/manage/events/{slug}/hosts/{organization}/end", name="hosts.end", policy=Policy.EDITOR
)
def end(ctx: Context, slug: str, organization: str) -> Response:
    """Either side parts; what only hosts may see is closed from the next request on."""
    host = hosting.leavable(ctx.db, ctx.signed_in_user, slug, organization)
    hosting.end(ctx.db, host, ctx.now)
    try:
        managed_event(ctx.db, ctx.signed_in_user, slug)
    except (NotFoundError, NotAllowedError):
        return ctx.redirect("manage.index")
    return ctx.redirect("hosts.index", slug=slug)


def _page(ctx: Context, event: Event, form: Form[HostFields], status: int = 200) -> Response:
    hosts = hosting.hosts_of(ctx.db, event)
    decides = hosting.decides(ctx.db, ctx.signed_in_user, event)
    return hosts_page(ctx, KIND, HostingPage(event, hosts, decides), form, status)


def _invitation_page(
    ctx: Context, slug: str, organization: str, refusal: Refusal | None = None
) -> Response:
    host = hosting.invitation_to(ctx.db, ctx.signed_in_user, slug, organization)
    asked = hosting.asked(ctx.db, host)
    return render(
        ctx,
        "events/host_invitation.html",
        409 if refusal else 200,
        invitation=invitation_of(ctx, asked),
        slug=slug,
        short_name=organization,
        state=host.state,
        words=str(STATES[HostState(host.state)]),
        refusal=refusal and refusal.localized(),
    )
