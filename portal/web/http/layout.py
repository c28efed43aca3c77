"""What every page is given: navigation, languages, addresses, the reader's zone."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import HTMLResponse

from portal.core import clock
from portal.core.time_zones import ASTANA, city_of, offset_label
from portal.core.urls import Links
from portal.domain.script_corrections.queries import use_corrections
from portal.i18n.locale import LANGUAGE_TAGS, OWN_NAMES, SWITCH, current_language, current_tag
from portal.i18n.locale import gettext as _
from portal.templating.environment import render as render_template
from portal.web.http.context import Context
from portal.web.http.navigation import layout_of
from portal.web.http.site import Site


class Addresses(NamedTuple):
    """Addresses that many pages lead to."""

    home: str
    profile: str
    calendar_feed: str
    privacy: str
    moderation_log: str


class Zone(NamedTuple):
    """The zone times are shown in."""

    id: str
    city: str
    offset: str
    is_chosen: bool


def site_name(site: Site) -> str:
    """Return the portal's name: the administrators', the operator's, or ours."""
    return site.live.texts().get("site_name") or site.settings.site_name or _("Shanyraq")


def render(ctx: Context, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Answer with a page from a template; `render_page` says what every template is given."""
    return HTMLResponse(render_page(ctx.site, ctx.request, ctx, template, values), status)


def render_page(
    site: Site, request: Request, ctx: Context | None, template: str, context: Mapping[str, Any]
) -> str:
    """Return a page's HTML; without a context, after an error, nobody is signed in.

    A view of one item may give `spelled=(kind, id)`, for its words' corrections in other scripts.
    Pages are `noindex` without `index_as=(name, values, query)`, which gives the canonical address.
    """
    links, language, tag = site.links, current_language.get(), current_tag.get()
    path: str = request.scope["path"]
    here = _with_query(path, request)
    index_as = context.get("index_as")
    canonical, alternates = _indexed(links, tag, *index_as) if index_as else (None, [])
    site.live.texts(ctx.db if ctx else None)
    if ctx:
        use_corrections(ctx.db, context.get("spelled"))

    def url(name: str, query: Mapping[str, Any] | None = None, **values: Any) -> str:
        return links.path(name, tag, query, **values)

    return render_template(
        template,
        **{
            "language": language,
            "language_names": OWN_NAMES,
            "site_name": site_name(site),
            "assets": site.assets,
            "url": url,
            "here": here,
            "layout": layout_of(links, tag, here, ctx),
            "is_signed_in": bool(ctx and ctx.user),
            "links": _addresses(links, tag),
            "zone": _zone(ctx),
            "canonical": canonical,
            "alternates": alternates,
            "robots": None if index_as else "noindex",
            "feeds": [],
            **context,
        },
    )


def _indexed(
    links: Links, tag: str, name: str, values: Mapping[str, Any], query: Mapping[str, Any] | None
) -> tuple[str, list[tuple[str, str]]]:
    """Return a page's own address, and those it has in each language."""
    below = links.path(name, tag, query, **values).removeprefix(f"/{tag}")
    alternates = [(each, f"{links.address}/{each}{below}") for each in SWITCH]
    return f"{links.address}/{tag}{below}", alternates


@lru_cache(maxsize=len(LANGUAGE_TAGS))
def _addresses(links: Links, tag: str) -> Addresses:
    return Addresses(
        links.path("home", tag),
        links.path("profile.edit", tag),
        links.path("calendar.feed", tag),
        links.path("site_pages.privacy", tag),
        links.path("audit_log.index", tag),
    )


def _zone(ctx: Context | None) -> Zone:
    zone = ctx.zone if ctx else ASTANA
    return Zone(
        zone,
        city_of(zone) if zone != ASTANA else _("Astana"),
        offset_label(zone, ctx.now if ctx else clock.now()),
        bool(ctx and ctx.chosen_zone),
    )


def _with_query(path: str, request: Request) -> str:
    query = request.scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query and len(query) < 300 else path  # noqa: PLR2004 - see safe_next
