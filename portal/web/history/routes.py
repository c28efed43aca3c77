"""What has changed since publication, for whoever may read the item itself."""

from collections.abc import Sequence
from dataclasses import dataclass

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
from portal.domain.publishing.revisions import queries as history
from portal.domain.publishing.revisions.models import Revision
from portal.domain.site_pages.queries import page_named
from portal.domain.site_pages.rules import PageName
from portal.domain.stories.queries import story_for
from portal.i18n.script_output import protect_text
from portal.i18n.translated import Translated
from portal.web.components.diffs import steps_of
from portal.web.components.item_kinds import item_url
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.pagination import page_asked, page_links

router = PortalRouter()


@dataclass(frozen=True, slots=True)
class History:
    """Whose history it is; its days are those of a time zone."""

    kind: ItemKind
    id: int
    slug: str
    title: Translated
    zone: str


@router.page(
    "/events/{slug}/history", name="history.event", policy=Policy.ANYONE, cache=Cache.PUBLIC
)
def event(ctx: Context, slug: str) -> Response:
    """Show how an event's public words and facts have changed, the newest first."""
    found = event_for(ctx.db, ctx.user, slug)
    return _page(
        ctx,
        History(ItemKind.EVENT, found.id, slug, found.title, ctx.chosen_zone or found.time_zone),
        is_public=is_public(found),
        is_host=may_analyse(roles_in(ctx.db, ctx.user, found)),
    )


@router.page(
    "/initiatives/{slug}/history",
    name="history.initiative",
    policy=Policy.ANYONE,
    cache=Cache.PUBLIC,
)
def initiative(ctx: Context, slug: str) -> Response:
    """Show how an initiative's public words and facts have changed."""
    found = initiatives.initiative_for(ctx.db, ctx.user, slug)
    return _page(
        ctx,
        History(ItemKind.INITIATIVE, found.id, slug, found.title, ctx.zone),
        is_public=initiatives.is_seen_by_all(found),
        is_host=may_analyse(roles_in_initiative(ctx.db, ctx.user, found)),
    )


@router.page(
    "/organizations/{slug}/history",
    name="history.organization",
    policy=Policy.ANYONE,
    cache=Cache.PUBLIC,
)
def organization(ctx: Context, slug: str) -> Response:
    """Show how what an organisation says of itself has changed."""
    found = organizations.organization_named(ctx.db, slug)
    return _page(ctx, History(ItemKind.ORGANIZATION, found.id, slug, found.name, ctx.zone))


@router.page(
    "/stories/{slug}/history", name="history.story", policy=Policy.ANYONE, cache=Cache.PUBLIC
)
def story(ctx: Context, slug: str) -> Response:
    """Show how a story has changed since it appeared."""
    found = story_for(ctx.db, ctx.user, slug)
    of_story = History(ItemKind.STORY, found.id, slug, found.title, ctx.zone)
    return _page(ctx, of_story, is_public=is_public(found))


@router.page("/pages/{slug}/history", name="history.page", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def page(ctx: Context, slug: str) -> Response:
    """Show how one of the portal's own pages has changed, beginning with the words it came with."""
    if slug not in set(PageName):
        raise NotFoundError
    found = page_named(ctx.db, PageName(slug))
    return _page(ctx, History(ItemKind.PAGE, found.id or 0, slug, found.title, ctx.zone))


def _page(ctx: Context, of: History, *, is_public: bool = True, is_host: bool = False) -> Response:
    """Return an item's revisions; those before it was published are shown to its hosts alone."""
    page, route = page_asked(ctx), f"history.{of.kind.value}"
    revisions, more = history.page_of(ctx.db, of.kind, of.id, page, public_only=not is_host)
    return render(
        ctx,
        "history/show.html",
        title=of.title.localized(),
        item_url=item_url(ctx, of.kind, of.slug),
        steps=steps_of(revisions, of.zone, _names_of_hosts(ctx, revisions)),
        city=city_of(of.zone),
        pager=page_links(ctx, route, {}, page, more=more, slug=of.slug),
        index_as=(route, {"slug": of.slug}, {"page": page} if page > 1 else None)
        if is_public
        else None,
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
        for slug in revision.facts.get("hosts") or ()
    }
    hosts = organizations.organizations_named(ctx.db, slugs) if slugs else ()
    return {host.slug: protect_text(host.name.localized()) for host in hosts}
