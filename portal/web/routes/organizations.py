"""Who stands behind events: the list of organisations and the page of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal import dates
from portal.domain.events import listing
from portal.domain.organizations import queries
from portal.domain.organizations.models import Kind, Organization
from portal.domain.registrations.queries import standings
from portal.i18n import gettext_lazy as _
from portal.web.cards import cards_of
from portal.web.files import calendar_file
from portal.web.routes.calendar import FEED_REACHES_BACK
from portal.web.routing import Cache, Pages, Policy

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.translated import Said
    from portal.web.visit import Visit

pages = Pages()
KINDS = {
    Kind.NGO: _("Non-governmental organisation"),
    Kind.ETHNOCULTURAL: _("Ethnocultural association"),
    Kind.DIASPORA: _("Diaspora association"),
    Kind.UNIVERSITY: _("University"),
    Kind.EMBASSY: _("Embassy or cultural centre"),
    Kind.STATE: _("State body"),
    Kind.MEDIA: _("Media"),
    Kind.INFORMAL: _("Informal group"),
}


class Row(NamedTuple):
    """An organisation in the list."""

    name: Said
    url: str
    kind: str
    place: str


def row_of(visit: Visit, organization: Organization) -> Row:
    """An organisation with its kind and place in words."""
    return Row(
        organization.name.said(),
        visit.url("organizations.show", slug=organization.slug),
        str(KINDS[Kind(organization.kind)]),
        f"{organization.city}, {dates.country_name(organization.country)}",
    )


@pages.get("/organizations", name="organizations.index", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def index(visit: Visit) -> Response:
    """All organisations."""
    rows = [row_of(visit, found) for found in queries.all_organizations(visit.db)]
    rows.sort(key=lambda row: row.name.text)
    return visit.page(
        "organizations/index.html", rows=rows, index_as=("organizations.index", {}, None)
    )


@pages.get(
    "/organizations/{slug}", name="organizations.show", policy=Policy.ANYONE, cache=Cache.PUBLIC
)
def show(visit: Visit, slug: str) -> Response:
    """An organisation and its events."""
    organization = queries.organization_named(visit.db, slug)
    filters = listing.Filters(organization_id=organization.id)
    coming, more = listing.page_of(visit.db, filters, visit.now)
    past, past_more = listing.page_of(
        visit.db, listing.Filters(past=True, organization_id=organization.id), visit.now
    )
    mine = standings(visit.db, visit.visitor, [e.id for e in coming]) if visit.visitor else {}
    return visit.page(
        "organizations/show.html",
        row=row_of(visit, organization),
        description=organization.description.said(),
        coming=cards_of(visit, coming, mine),
        past=cards_of(visit, past[:5]),
        all_coming=visit.url("events.index", {"organization": slug}) if more else None,
        all_past=visit.url("events.index", {"organization": slug, "when": "past"})
        if past_more or len(past) > 5  # noqa: PLR2004 - as many as are shown
        else None,
        feed=visit.url("organizations.feed", slug=slug),
        is_suspended=organization.suspended_at is not None,
        report_url=visit.url("reports.new", {"item": f"organization:{slug}"}),
        index_as=("organizations.show", {"slug": slug}, None),
    )


@pages.get(
    "/organizations/{slug}/calendar.ics",
    name="organizations.feed",
    policy=Policy.ANYONE,
    cache=Cache.PUBLIC,
)
def feed(visit: Visit, slug: str) -> Response:
    """An organisation's public events for a calendar that subscribes."""
    organization = queries.organization_named(visit.db, slug)
    found = listing.feed(visit.db, visit.now - FEED_REACHES_BACK, organization.id)
    return calendar_file(visit, found, slug, organization.name.said().text)
