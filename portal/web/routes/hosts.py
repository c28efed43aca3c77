"""Holding an event together: whom its founder asks, and what the asked answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from portal import dates
from portal.domain.events import hosting, invitations
from portal.domain.events.models import HostState
from portal.domain.events.queries import managed_event
from portal.domain.organizations import queries as organizations
from portal.domain.registrations import consequences
from portal.i18n import gettext_lazy as _
from portal.refusals import NotAllowedError, NotFoundError, Refusal
from portal.time_zones import city_of, wall_of
from portal.web.forms import Form
from portal.web.hosts_page import Holding, HostFields, Kind, hosts_page
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.domain.events.models import Event
    from portal.translated import Said
    from portal.web.visit import Visit

pages = Pages()
STATES = {
    HostState.INVITED: _("Asked, not answered yet"),
    HostState.ACCEPTED: _("Holds the event"),
    HostState.DECLINED: _("Declined"),
}


KIND: Final = Kind(
    STATES,
    _("Each shows the event, may edit it, and sees who takes part."),
    item="organizing.show",
    routes="hosts",
)


@pages.get(
    "/organizing/events/{slug}/hosts", name="hosts.index", policy=Policy.EDITOR, cache=Cache.PRIVATE
)
def index(visit: Visit, slug: str) -> Response:
    """Who holds an event, and who has been asked to."""
    return _page(visit, managed_event(visit.db, visit.person, slug), Form(HostFields))


@pages.post(
    "/organizing/events/{slug}/hosts", name="hosts.invite", policy=Policy.EDITOR, guarded=True
)
def invite(visit: Visit, slug: str) -> Response:
    """Asks an organisation."""
    event = invitations.founded_event(visit.db, visit.person, slug)
    form = Form(HostFields, visit.submitted)
    if form.fields:
        try:
            asked = organizations.organization_named(visit.db, form.fields.organization)
            hosting.invite(visit.db, event, asked, visit.now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return visit.go("hosts.index", slug=slug)
    return _page(visit, event, form, 422)


@pages.get(
    "/organizing/events/{slug}/hosts/{organization}",
    name="hosts.show",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def show(visit: Visit, slug: str, organization: str) -> Response:
    """An invitation as the asked organisation reads it."""
    return _invitation_page(visit, slug, organization)


@pages.post(
    "/organizing/events/{slug}/hosts/{organization}/acceptance",
    name="hosts.accept",
    policy=Policy.EDITOR,
    guarded=True,
)
def accept(visit: Visit, slug: str, organization: str) -> Response:
    """The organisation holds the event too; whoever signed up is told."""
    host = invitations.invitation_to(visit.db, visit.person, slug, organization)
    try:
        consequences.join_hosts(visit.db, host, visit.now)
    except Refusal as refusal:
        return _invitation_page(visit, slug, organization, refusal)
    return visit.go("organizing.show", slug=slug)


@pages.post(
    "/organizing/events/{slug}/hosts/{organization}/refusal",
    name="hosts.decline",
    policy=Policy.EDITOR,
)
def decline(visit: Visit, slug: str, organization: str) -> Response:
    """The organisation would rather not."""
    host = invitations.invitation_to(visit.db, visit.person, slug, organization)
    try:
        hosting.decline(visit.db, host, visit.now)
    except Refusal as refusal:
        return _invitation_page(visit, slug, organization, refusal)
    return visit.go("organizing.index")


@pages.post(
    "/organizing/events/{slug}/hosts/{organization}/end", name="hosts.end", policy=Policy.EDITOR
)
def end(visit: Visit, slug: str, organization: str) -> Response:
    """Either side parts; what only hosts may see is closed from the next request on."""
    host = invitations.leavable_host(visit.db, visit.person, slug, organization)
    hosting.end(visit.db, host, visit.now)
    try:
        managed_event(visit.db, visit.person, slug)
    except (NotFoundError, NotAllowedError):
        return visit.go("organizing.index")
    return visit.go("hosts.index", slug=slug)


def _page(visit: Visit, event: Event, form: Form[HostFields], status: int = 200) -> Response:
    hosts = invitations.hosts_of(visit.db, event)
    decides = invitations.decides_on_hosts(visit.db, visit.person, event)
    return hosts_page(visit, KIND, Holding(event, hosts, decides), form, status)


def _invitation_page(
    visit: Visit, slug: str, organization: str, refusal: Refusal | None = None
) -> Response:
    host = invitations.invitation_to(visit.db, visit.person, slug, organization)
    asked = invitations.asked(visit.db, host)
    return visit.page(
        "hosts/show.html",
        409 if refusal else 200,
        invitation=invitation_of(visit, asked),
        slug=slug,
        short_name=organization,
        state=host.state,
        words=str(STATES[HostState(host.state)]),
        refusal=refusal and refusal.said(),
    )


class Invitation(NamedTuple):
    """What an organisation is asked to hold, in words."""

    title: Said
    day: str
    city: str
    founder: Said
    organization: Said
    url: str


def invitation_of(visit: Visit, asked: invitations.Asked) -> Invitation:
    """An invitation with its date written where the event takes place."""
    event = asked.event
    return Invitation(
        event.title.said(),
        dates.stamp(wall_of(event.starts_at, event.time_zone)),
        city_of(event.time_zone),
        asked.founder.name.said(),
        asked.organization.name.said(),
        visit.url("hosts.show", slug=event.slug, organization=asked.organization.slug),
    )
