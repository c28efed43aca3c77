"""What search engines may read, in every language: the sitemap, and the robots' rules."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from xml.sax.saxutils import escape

from sqlalchemy.orm import Session
from starlette.responses import PlainTextResponse, Response

from portal.core.refusals import NotFoundError
from portal.core.urls import Links, number_in
from portal.domain.events.vocabulary import TAGS
from portal.i18n.locale import SWITCH
from portal.web.components.feed_kinds import FEED_KINDS
from portal.web.http import Cache, Context, Policy, PortalRouter
from portal.web.http.etags import conditional_response

router = PortalRouter(prefix="")
MEDIA_TYPE: Final = "application/xml"
# Addresses in one file, for each item one in each language. The format allows 50,000; this many
# keep a file at some megabytes.
MAX_ADDRESSES: Final = 10_000
MAX_ITEMS: Final = MAX_ADDRESSES // len(SWITCH)
# Pages that are no items.
STATIC_PAGES: Final[tuple[tuple[str, dict[str, str]], ...]] = (
    ("home", {}),
    ("events.index", {}),
    ("stories.index", {}),
    ("initiatives.index", {}),
    ("organizations.index", {}),
    ("results.index", {}),
    ("audit_log.index", {}),
    ("site_pages.about", {}),
    ("site_pages.rules", {}),
    ("site_pages.privacy", {}),
    ("site_pages.contact", {}),
    *(("tags.show", {"tag": tag}) for tag in TAGS),
)
PRIVATE: Final = (
    *("account-closed", "administration", "decisions", "invitations", "moderation", "manage"),
    *("passes", "profile", "reports", "second-factor", "sign-in", "sign-up-deleted", "time-zone"),
    *("reactivate", "writing"),
)
_OPENING: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"


@router.page("/robots.txt", name="sitemap.robots", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def robots(ctx: Context) -> Response:
    """Private pages say noindex themselves; robots need not even ask for them."""
    rules = "".join(f"Disallow: /*/{private}/\nDisallow: /*/{private}$\n" for private in PRIVATE)
    sitemap = ctx.absolute("sitemap.index")
    return PlainTextResponse(f"User-agent: *\n{rules}\nSitemap: {sitemap}\n")


@router.page("/sitemap.xml", name="sitemap.index", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def index(ctx: Context) -> Response:
    """Show all addresses, or where they stand if they are more than one file should hold."""
    total = len(STATIC_PAGES) + sum(
        feed_kind.listed.count(ctx.db) for feed_kind in FEED_KINDS if feed_kind.listed
    )
    if total <= MAX_ITEMS:
        return _file(ctx, 1)
    parts = (
        ctx.absolute("sitemap.part", number=number)
        for number in range(1, -(-total // MAX_ITEMS) + 1)
    )
    named = "".join(f"<sitemap><loc>{escape(part)}</loc></sitemap>" for part in parts)
    text = f'{_OPENING}<sitemapindex xmlns="{_NAMESPACE}">{named}</sitemapindex>'
    return conditional_response(ctx.request, text.encode(), MEDIA_TYPE)


@router.page("/sitemap-{number}.xml", name="sitemap.part", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def part(ctx: Context, number: str) -> Response:
    """Show one of several files, from 1 on."""
    return _file(ctx, number_in(number))


def _file(ctx: Context, number: int) -> Response:
    skip = (number - 1) * MAX_ITEMS
    entries = list(_stretch(ctx.db, skip, MAX_ITEMS)) if skip >= 0 else []
    if not entries:
        raise NotFoundError
    links = ctx.site.links
    body = "".join(_entry(links, name, values, changed) for name, values, changed in entries)
    text = (
        f'{_OPENING}<urlset xmlns="{_NAMESPACE}" xmlns:xhtml="http://www.w3.org/1999/xhtml">'
        f"{body}</urlset>"
    )
    return conditional_response(ctx.request, text.encode(), MEDIA_TYPE)


def _stretch(
    db: Session, skip: int, limit: int
) -> Iterator[tuple[str, dict[str, str], datetime | None]]:
    """Route, path values and last change of as many pages, as if all kinds were one list."""
    static = STATIC_PAGES[skip : skip + limit]
    yield from ((name, values, None) for name, values in static)
    limit -= len(static)
    skip = max(0, skip - len(STATIC_PAGES))
    for feed_kind in FEED_KINDS:
        if limit > 0 and feed_kind.listed:
            found = feed_kind.listed.addresses(db, skip, limit)
            yield from ((feed_kind.page, {"slug": each.slug}, each.changed_at) for each in found)
            limit -= len(found)
            # Counted only where a stretch begins behind this kind.
            skip = max(0, skip - feed_kind.listed.count(db)) if skip else 0


def _entry(links: Links, name: str, values: dict[str, Any], changed: datetime | None) -> str:
    addresses = {tag: escape(links.absolute(name, tag, **values)) for tag in SWITCH}
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{tag}" href="{address}"/>'
        for tag, address in addresses.items()
    )
    when = f"<lastmod>{changed.isoformat(timespec='seconds')}</lastmod>" if changed else ""
    return "".join(
        f"<url><loc>{address}</loc>{when}{others}</url>" for address in addresses.values()
    )
