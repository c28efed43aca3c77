"""Atom feeds of the whole portal, of a topic, of an organisation and of an author."""

from starlette.responses import Response

from portal.content.defang import defang
from portal.core.refusals import NotFoundError
from portal.domain.events import feed as events
from portal.domain.events.vocabulary import TAGS
from portal.domain.organizations.queries import organization_named
from portal.domain.organizations.rules import is_verified
from portal.domain.publishing.feed_items import Narrowing
from portal.domain.stories.author_pages import author_named
from portal.i18n.script_output import as_typed, protect
from portal.web.components import feed_kinds
from portal.web.feeds.atom import MAX_ENTRIES, feed_of
from portal.web.http import Cache, Context, Policy, PortalRouter
from portal.web.http.layout import site_name

router = PortalRouter()


@router.page("/feed.atom", name="feeds.site", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def site(ctx: Context) -> Response:
    """Show what is new on the portal."""
    found = feed_kinds.newest(ctx.db, Narrowing(), ctx.now, MAX_ENTRIES)
    return feed_of(ctx, site_name(ctx.site), found, own=("feeds.site", {}), page=("home", {}))


@router.page("/tags/{tag}/feed.atom", name="feeds.topic", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def topic(ctx: Context, tag: str) -> Response:
    """Show what is new under a topic."""
    if tag not in TAGS:
        raise NotFoundError
    found = feed_kinds.newest(ctx.db, Narrowing(tag=tag), ctx.now, MAX_ENTRIES)
    title = f"{TAGS[tag]} · {site_name(ctx.site)}"
    return feed_of(
        ctx, title, found, own=("feeds.topic", {"tag": tag}), page=("tags.show", {"tag": tag})
    )


@router.page(
    "/organizations/{slug}/feed.atom",
    name="feeds.organization",
    policy=Policy.ANYONE,
    cache=Cache.PUBLIC,
)
def organization(ctx: Context, slug: str) -> Response:
    """Show what is new of an organisation."""
    whose = organization_named(ctx.db, slug)
    narrowing = Narrowing(organization_id=whose.id, hosts_few=events.hosts_few(ctx.db, whose.id))
    found = feed_kinds.newest(ctx.db, narrowing, ctx.now, MAX_ENTRIES)
    name = whose.name.localized()
    text = name.text if is_verified(whose.verified_until, ctx.now) else defang(name.text)
    title = f"{protect(text, name.language)} · {site_name(ctx.site)}"
    values = {"slug": slug}
    return feed_of(
        ctx,
        title,
        found,
        own=("feeds.organization", values),
        page=("organizations.show", values),
    )


@router.page(
    "/authors/{slug}/feed.atom", name="feeds.author", policy=Policy.ANYONE, cache=Cache.PUBLIC
)
def author(ctx: Context, slug: str) -> Response:
    """Show what an author has signed with the page's name."""
    whose = author_named(ctx.db, slug)
    narrowing = Narrowing(author_id=whose.person_id)
    found = feed_kinds.newest(ctx.db, narrowing, ctx.now, MAX_ENTRIES, of=(feed_kinds.STORIES,))
    title = f"{as_typed(whose.byline)} · {site_name(ctx.site)}"
    values = {"slug": slug}
    return feed_of(ctx, title, found, own=("feeds.author", values), page=("authors.show", values))
