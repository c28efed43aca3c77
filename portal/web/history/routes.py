"""What has changed since publication, for whoever may read the item itself."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.core.time_zones import city_of
from portal.domain.events.hosts import roles_in
from portal.domain.events.queries import event_for
from portal.domain.events.rules import may_analyse
from portal.domain.initiatives import queries as initiatives
from portal.domain.initiatives.hosts import roles_in as roles_in_initiative
from portal.domain.organizations import queries as organizations
from portal.domain.publishing.publication import is_public
from portal.domain.publishing.publication import is_public as is_published
from portal.domain.publishing.revisions import queries as history
from portal.domain.publishing.revisions.models import Revision
from portal.domain.site_pages.queries import page_named
from portal.domain.site_pages.rules import PageName
from portal.domain.stories.queries import story_for
from portal.i18n.script_output import kept_said
from portal.web.history.diffs import steps_of
from portal.web.http.context import Context
from portal.web.http.layout import render
from portal.web.http.pagination import page_asked, page_links
from portal.web.http.policies import Cache, Policy
from portal.web.http.routing import LOCALIZED, PortalRouter
from portal.web.site_pages.routes import ROUTES

router = PortalRouter(prefix=LOCALIZED)


@router.page(
    "/events/{slug}/history", name="history.event", policy=Policy.ANYONE, cache=Cache.PUBLIC
)
def event(ctx: Context, slug: str) -> Response:
    """How an event's public words and facts have changed, the newest first."""
    found = event_for(ctx.db, ctx.user, slug)
    page = page_asked(ctx)
    is_host = may_analyse(roles_in(ctx.db, ctx.user, found))
    revisions, more = history.page_of(
        ctx.db, ItemKind.EVENT, found.id, page, public_only=not is_host
    )
    names = _names_of_hosts(ctx, revisions)
    zone = ctx.chosen_zone or found.time_zone
    return render(
        ctx,
        "history/show.html",
        title=found.title.said(),
        item_url=ctx.url("events.show", slug=slug),
        steps=steps_of(revisions, zone, names),
        city=city_of(zone),
        pager=page_links(ctx, "history.event", {}, page, more=more, slug=slug),
        index_as=("history.event", {"slug": slug}, {"page": page} if page > 1 else None)
        if is_public(found)
        else None,
    )


@router.page(
    "/initiatives/{slug}/history",
    name="history.initiative",
    policy=Policy.ANYONE,
    cache=Cache.PUBLIC,
)
def initiative(ctx: Context, slug: str) -> Response:
    """How an initiative's public words and facts have changed."""
    found = initiatives.initiative_for(ctx.db, ctx.user, slug)
    page = page_asked(ctx)
    is_host = may_analyse(roles_in_initiative(ctx.db, ctx.user, found))
    revisions, more = history.page_of(
        ctx.db, ItemKind.INITIATIVE, found.id, page, public_only=not is_host
    )
    names = _names_of_hosts(ctx, revisions)
    return render(
        ctx,
        "history/show.html",
        title=found.title.said(),
        item_url=ctx.url("initiatives.show", slug=slug),
        steps=steps_of(revisions, ctx.zone, names),
        city=city_of(ctx.zone),
        pager=page_links(ctx, "history.initiative", {}, page, more=more, slug=slug),
        index_as=("history.initiative", {"slug": slug}, {"page": page} if page > 1 else None)
        if initiatives.is_seen_by_all(found)
        else None,
    )


@router.page(
    "/organizations/{slug}/history",
    name="history.organization",
    policy=Policy.ANYONE,
    cache=Cache.PUBLIC,
)
def organization(ctx: Context, slug: str) -> Response:
    """How what an organisation says of itself has changed."""
    found = organizations.organization_named(ctx.db, slug)
    page = page_asked(ctx)
    revisions, more = history.page_of(
        ctx.db, ItemKind.ORGANIZATION, found.id, page, public_only=True
    )
    return render(
        ctx,
        "history/show.html",
        title=found.name.said(),
        item_url=ctx.url("organizations.show", slug=slug),
        steps=steps_of(revisions, ctx.zone),
        city=city_of(ctx.zone),
        pager=page_links(ctx, "history.organization", {}, page, more=more, slug=slug),
        index_as=("history.organization", {"slug": slug}, {"page": page} if page > 1 else None),
    )


@router.page(
    "/stories/{slug}/history", name="history.story", policy=Policy.ANYONE, cache=Cache.PUBLIC
)
def story(ctx: Context, slug: str) -> Response:
    """How a story has changed since it appeared."""
    found = story_for(ctx.db, ctx.user, slug)
    page = page_asked(ctx)
    revisions, more = history.page_of(ctx.db, ItemKind.STORY, found.id, page, public_only=True)
    return render(
        ctx,
        "history/show.html",
        title=found.title.said(),
        item_url=ctx.url("stories.show", slug=slug),
        steps=steps_of(revisions, ctx.zone),
        city=city_of(ctx.zone),
        pager=page_links(ctx, "history.story", {}, page, more=more, slug=slug),
        index_as=("history.story", {"slug": slug}, {"page": page} if page > 1 else None)
        if is_published(found)
        else None,
    )


@router.page("/pages/{slug}/history", name="history.page", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def page(ctx: Context, slug: str) -> Response:
    """How one of the portal's own pages has changed, beginning with the words it came with."""
    if slug not in ROUTES:
        raise NotFoundError
    found, page = page_named(ctx.db, PageName(slug)), page_asked(ctx)
    revisions, more = history.page_of(ctx.db, ItemKind.PAGE, found.id or 0, page, public_only=True)
    return render(
        ctx,
        "history/show.html",
        title=found.title.said(),
        item_url=ctx.url(ROUTES[PageName(slug)]),
        steps=steps_of(revisions, ctx.zone),
        city=city_of(ctx.zone),
        pager=page_links(ctx, "history.page", {}, page, more=more, slug=slug),
        index_as=("history.page", {"slug": slug}, {"page": page} if page > 1 else None),
    )


def _names_of_hosts(
    ctx: Context, revisions: Sequence[tuple[Revision, Revision | None]]
) -> dict[str, str]:
    """Hosts of some revisions by slug."""
    slugs = {
        slug
        for pair in revisions
        for revision in pair
        if revision is not None
        for slug in revision.facts["hosts"]
    }
    hosts = organizations.organizations_named(ctx.db, slugs)
    return {host.slug: kept_said(host.name.said()) for host in hosts}
