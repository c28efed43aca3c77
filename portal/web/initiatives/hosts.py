"""Holding an initiative together: whom its founder asks, and what the asked answer."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Final

from sqlalchemy.orm import Session
from starlette.responses import Response

from portal.core.refusals import NotAllowedError, NotFoundError, Refusal
from portal.domain.initiatives.actions import hosting
from portal.domain.initiatives.models import Initiative, InitiativeHost
from portal.domain.initiatives.queries import managed_initiative
from portal.domain.organizations import queries as organizations
from portal.domain.organizations.models import HostState
from portal.i18n.locale import gettext_lazy as _
from portal.web.components.hosts import HostFields, HostingKind, HostingPage, hosts_page
from portal.web.components.manage_page import organizations_page
from portal.web.http import Cache, Context, Policy, PortalRouter
from portal.web.http.forms import Form, submitted

router = PortalRouter()
KIND: Final = HostingKind(
    {
        HostState.INVITED: _("Asked, not answered yet"),
        HostState.ACCEPTED: _("Holds the initiative"),
        HostState.DECLINED: _("Declined"),
    },
    _("Each shows the initiative and may edit it."),
    item="initiatives.manage",
    routes="initiative_hosts",
)


@router.page(
    "/manage/initiatives/{slug}/hosts",
    name="initiative_hosts.index",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def index(ctx: Context, slug: str) -> Response:
    """Show who holds an initiative, and who has been asked to."""
    return _page(ctx, managed_initiative(ctx.db, ctx.signed_in_user, slug), Form(HostFields))


@router.form(
    "/manage/initiatives/{slug}/hosts", name="initiative_hosts.invite", policy=Policy.EDITOR
)
def invite(
    ctx: Context, slug: str, form: Annotated[Form[HostFields], submitted(HostFields)]
) -> Response:
    """Ask an organisation."""
    initiative = hosting.founded(ctx.db, ctx.signed_in_user, slug)

    def ask(said: HostFields) -> None:
        asked = organizations.organization_named(ctx.db, said.organization)
        hosting.invite(ctx.db, initiative, asked, ctx.now)

    if form.accepts(ask):
        return ctx.redirect("initiative_hosts.index", slug=slug)
    return _page(ctx, initiative, form, 422)


@router.form(
    "/manage/initiatives/{slug}/hosts/{organization}/acceptance",
    name="initiative_hosts.accept",
    policy=Policy.EDITOR,
)
def accept(ctx: Context, slug: str, organization: str) -> Response:
    """Accept an invitation to host the initiative."""
    return _answer(ctx, slug, organization, hosting.accept)


@router.form(
    "/manage/initiatives/{slug}/hosts/{organization}/refusal",
    name="initiative_hosts.decline",
    policy=Policy.EDITOR,
)
def decline(ctx: Context, slug: str, organization: str) -> Response:
    """Decline an invitation to host."""
    return _answer(ctx, slug, organization, hosting.decline)


def _answer(
    ctx: Context,
    slug: str,
    organization: str,
    answer: Callable[[Session, InitiativeHost, datetime], None],
) -> Response:
    """Answer; whoever is too late finds what has become of it on their organising page."""
    host = hosting.invitation_to(ctx.db, ctx.signed_in_user, slug, organization)
    try:
        if host.state == HostState.INVITED:
            answer(ctx.db, host, ctx.now)
    except Refusal as refusal:
        return organizations_page(ctx, refusal)
    return ctx.redirect("manage.index")


@router.form(
    "/manage/initiatives/{slug}/hosts/{organization}/end",
    name="initiative_hosts.end",
    policy=Policy.EDITOR,
)
def end(ctx: Context, slug: str, organization: str) -> Response:
    """Either side parts; what only hosts may see is closed from the next request on."""
    host = hosting.leavable(ctx.db, ctx.signed_in_user, slug, organization)
    hosting.end(ctx.db, host, ctx.now)
    try:
        managed_initiative(ctx.db, ctx.signed_in_user, slug)
    except (NotFoundError, NotAllowedError):
        return ctx.redirect("manage.index")
    return ctx.redirect("initiative_hosts.index", slug=slug)


def _page(
    ctx: Context, initiative: Initiative, form: Form[HostFields], status: int = 200
) -> Response:
    hosts = hosting.hosts_of(ctx.db, initiative)
    decides = hosting.decides(ctx.db, ctx.signed_in_user, initiative)
    return hosts_page(ctx, KIND, HostingPage(initiative, hosts, decides), form, status)
