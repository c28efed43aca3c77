"""Holding an initiative together: whom its founder asks, and what the asked answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from portal.domain.events.models import HostState
from portal.domain.initiatives import hosting
from portal.domain.initiatives.queries import managed_initiative
from portal.domain.organizations import queries as organizations
from portal.i18n import gettext_lazy as _
from portal.refusals import NotAllowedError, NotFoundError, Refusal
from portal.web.forms import Form
from portal.web.hosts_page import Holding, HostFields, Kind, hosts_page
from portal.web.policies import Cache, Policy
from portal.web.routes.organizing import organizations_page
from portal.web.routing import Pages

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.domain.initiatives.models import Initiative
    from portal.web.visit import Visit

pages = Pages()
KIND: Final = Kind(
    {
        HostState.INVITED: _("Asked, not answered yet"),
        HostState.ACCEPTED: _("Holds the initiative"),
        HostState.DECLINED: _("Declined"),
    },
    _("Each shows the initiative and may edit it."),
    item="initiative_organizing.show",
    routes="initiative_hosts",
)


@pages.get(
    "/organizing/initiatives/{slug}/hosts",
    name="initiative_hosts.index",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def index(visit: Visit, slug: str) -> Response:
    """Who holds an initiative, and who has been asked to."""
    return _page(visit, managed_initiative(visit.db, visit.person, slug), Form(HostFields))


@pages.post(
    "/organizing/initiatives/{slug}/hosts", name="initiative_hosts.invite", policy=Policy.EDITOR
)
def invite(visit: Visit, slug: str) -> Response:
    """Asks an organisation."""
    initiative = hosting.founded_initiative(visit.db, visit.person, slug)
    form = Form(HostFields, visit.submitted)
    if form.fields:
        try:
            asked = organizations.organization_named(visit.db, form.fields.organization)
            hosting.invite(visit.db, initiative, asked, visit.now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return visit.go("initiative_hosts.index", slug=slug)
    return _page(visit, initiative, form, 422)


@pages.post(
    "/organizing/initiatives/{slug}/hosts/{organization}/acceptance",
    name="initiative_hosts.accept",
    policy=Policy.EDITOR,
)
def accept(visit: Visit, slug: str, organization: str) -> Response:
    """The organisation holds the initiative too."""
    return _answer(visit, slug, organization, HostState.ACCEPTED)


@pages.post(
    "/organizing/initiatives/{slug}/hosts/{organization}/refusal",
    name="initiative_hosts.decline",
    policy=Policy.EDITOR,
)
def decline(visit: Visit, slug: str, organization: str) -> Response:
    """The organisation would rather not."""
    return _answer(visit, slug, organization, HostState.DECLINED)


def _answer(visit: Visit, slug: str, organization: str, state: HostState) -> Response:
    """Answers; whoever is too late finds what has become of it on their organising page."""
    host = hosting.invitation_to(visit.db, visit.person, slug, organization)
    try:
        if host.state == HostState.INVITED:
            hosting.answer(visit.db, host, state, visit.now)
    except Refusal as refusal:
        return organizations_page(visit, refusal)
    return visit.go("organizing.index")


@pages.post(
    "/organizing/initiatives/{slug}/hosts/{organization}/end",
    name="initiative_hosts.end",
    policy=Policy.EDITOR,
)
def end(visit: Visit, slug: str, organization: str) -> Response:
    """Either side parts; what only hosts may see is closed from the next request on."""
    host = hosting.leavable_host(visit.db, visit.person, slug, organization)
    hosting.end(visit.db, host, visit.now)
    try:
        managed_initiative(visit.db, visit.person, slug)
    except (NotFoundError, NotAllowedError):
        return visit.go("organizing.index")
    return visit.go("initiative_hosts.index", slug=slug)


def _page(
    visit: Visit, initiative: Initiative, form: Form[HostFields], status: int = 200
) -> Response:
    hosts = hosting.hosts_of(visit.db, initiative)
    decides = hosting.decides_on_hosts(visit.db, visit.person, initiative)
    return hosts_page(visit, KIND, Holding(initiative, hosts, decides), form, status)
