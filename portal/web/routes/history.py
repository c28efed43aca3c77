"""What has changed since publication, for whoever may read the item itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.events.hosts import roles_in
from portal.domain.events.queries import event_for
from portal.domain.events.rules import is_public, may_analyse
from portal.domain.history import queries as history
from portal.domain.initiatives import queries as initiatives
from portal.domain.initiatives.hosts import roles_in as roles_in_initiative
from portal.domain.organizations import queries as organizations
from portal.domain.site_pages.queries import page_named
from portal.domain.site_pages.rules import PageName
from portal.domain.stories.queries import story_for
from portal.items import ItemKind
from portal.publication import is_public as is_published
from portal.refusals import NotFoundError
from portal.time_zones import city_of
from portal.web.changes import steps_of
from portal.web.filters import page_asked, page_links
from portal.web.policies import Cache, Policy
from portal.web.routes.site_pages import ROUTES
from portal.web.routing import Pages
from portal.written import kept_said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from portal.domain.history.models import Revision
    from portal.web.visit import Visit

pages = Pages()


@pages.get("/events/{slug}/history", name="history.event", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def event(visit: Visit, slug: str) -> Response:
    """How an event's public words and facts have changed, the newest first."""
    found = event_for(visit.db, visit.visitor, slug)
    page = page_asked(visit)
    is_host = may_analyse(roles_in(visit.db, visit.visitor, found))
    revisions, more = history.page_of(
        visit.db, ItemKind.EVENT, found.id, page, public_only=not is_host
    )
    names = _names_of_hosts(visit, revisions)
    zone = visit.chosen_zone or found.time_zone
    return visit.page(
        "history/show.html",
        title=found.title.said(),
        item_url=visit.url("events.show", slug=slug),
        steps=steps_of(revisions, zone, names),
        city=city_of(zone),
        pager=page_links(visit, "history.event", {}, page, more=more, slug=slug),
        index_as=("history.event", {"slug": slug}, {"page": page} if page > 1 else None)
        if is_public(found)
        else None,
    )


@pages.get(
    "/initiatives/{slug}/history",
    name="history.initiative",
    policy=Policy.ANYONE,
    cache=Cache.PUBLIC,
)
def initiative(visit: Visit, slug: str) -> Response:
    """How an initiative's public words and facts have changed."""
    found = initiatives.initiative_for(visit.db, visit.visitor, slug)
    page = page_asked(visit)
    is_host = may_analyse(roles_in_initiative(visit.db, visit.visitor, found))
    revisions, more = history.page_of(
        visit.db, ItemKind.INITIATIVE, found.id, page, public_only=not is_host
    )
    names = _names_of_hosts(visit, revisions)
    return visit.page(
        "history/show.html",
        title=found.title.said(),
        item_url=visit.url("initiatives.show", slug=slug),
        steps=steps_of(revisions, visit.zone, names),
        city=city_of(visit.zone),
        pager=page_links(visit, "history.initiative", {}, page, more=more, slug=slug),
        index_as=("history.initiative", {"slug": slug}, {"page": page} if page > 1 else None)
        if initiatives.is_seen_by_all(found)
        else None,
    )


@pages.get(
    "/organizations/{slug}/history",
    name="history.organization",
    policy=Policy.ANYONE,
    cache=Cache.PUBLIC,
)
def organization(visit: Visit, slug: str) -> Response:
    """How what an organisation says of itself has changed."""
    found = organizations.organization_named(visit.db, slug)
    page = page_asked(visit)
    revisions, more = history.page_of(
        visit.db, ItemKind.ORGANIZATION, found.id, page, public_only=True
    )
    return visit.page(
        "history/show.html",
        title=found.name.said(),
        item_url=visit.url("organizations.show", slug=slug),
        steps=steps_of(revisions, visit.zone),
        city=city_of(visit.zone),
        pager=page_links(visit, "history.organization", {}, page, more=more, slug=slug),
        index_as=("history.organization", {"slug": slug}, {"page": page} if page > 1 else None),
    )


@pages.get(
    "/stories/{slug}/history", name="history.story", policy=Policy.ANYONE, cache=Cache.PUBLIC
)
def story(visit: Visit, slug: str) -> Response:
    """How a story has changed since it appeared."""
    found = story_for(visit.db, visit.visitor, slug)
    page = page_asked(visit)
    revisions, more = history.page_of(visit.db, ItemKind.STORY, found.id, page, public_only=True)
    return visit.page(
        "history/show.html",
        title=found.title.said(),
        item_url=visit.url("stories.show", slug=slug),
        steps=steps_of(revisions, visit.zone),
        city=city_of(visit.zone),
        pager=page_links(visit, "history.story", {}, page, more=more, slug=slug),
        index_as=("history.story", {"slug": slug}, {"page": page} if page > 1 else None)
        if is_published(found)
        else None,
    )


@pages.get("/pages/{slug}/history", name="history.page", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def page(visit: Visit, slug: str) -> Response:
    """How one of the portal's own pages has changed, beginning with the words it came with."""
    if slug not in ROUTES:
        raise NotFoundError
    found, page = page_named(visit.db, PageName(slug)), page_asked(visit)
    revisions, more = history.page_of(
        visit.db, ItemKind.PAGE, found.id or 0, page, public_only=True
    )
    return visit.page(
        "history/show.html",
        title=found.title.said(),
        item_url=visit.url(ROUTES[PageName(slug)]),
        steps=steps_of(revisions, visit.zone),
        city=city_of(visit.zone),
        pager=page_links(visit, "history.page", {}, page, more=more, slug=slug),
        index_as=("history.page", {"slug": slug}, {"page": page} if page > 1 else None),
    )


def _names_of_hosts(
    visit: Visit, revisions: Sequence[tuple[Revision, Revision | None]]
) -> dict[str, str]:
    """Hosts of some revisions by slug."""
    slugs = {
        slug
        for pair in revisions
        for revision in pair
        if revision is not None
        for slug in revision.facts["hosts"]
    }
    hosts = organizations.organizations_named(visit.db, slugs)
    return {host.slug: kept_said(host.name.said()) for host in hosts}
