"""What every page is given: navigation, languages, addresses, the reader's zone."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

from portal import clock
from portal.domain.people.queries import name_of
from portal.domain.people.rules import may_moderate
from portal.i18n import LANGUAGES, OWN_NAMES, current_language
from portal.i18n import gettext as _
from portal.rendering import render
from portal.time_zones import ASTANA, city_of, offset_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from portal.web.site import Site
    from portal.web.visit import Visit


FREQUENT = (
    *("Asia/Almaty", "Asia/Tashkent", "Asia/Shanghai", "Asia/Urumqi", "Asia/Seoul", "Asia/Dubai"),
    *("Asia/Ulaanbaatar", "Asia/Hovd", "Asia/Bishkek", "Europe/Moscow", "Europe/Istanbul"),
    *("Europe/Berlin", "Europe/Paris", "Europe/London", "Europe/Prague", "Europe/Vienna"),
    *("Europe/Warsaw", "Europe/Budapest", "Europe/Amsterdam", "America/New_York"),
    *("America/Chicago", "America/Los_Angeles", "America/Toronto"),
)


class Language(NamedTuple):
    """An entry of the language switch."""

    tag: str
    name: str
    url: str
    current: bool


class Entry(NamedTuple):
    """An entry of the navigation."""

    label: str
    url: str
    current: bool


class SignedIn(NamedTuple):
    """Who is signed in, as the masthead says it."""

    display_name: str


class Zone(NamedTuple):
    """The zone times are shown in."""

    id: str
    city: str
    offset: str
    chosen: bool


class ZoneOffer(NamedTuple):
    """Where the browser's own zone can be taken over; `next` is the page to come back to."""

    action: str
    next: str
    cities: Markup


class Addresses(NamedTuple):
    """Addresses of the masthead and footer."""

    home: str
    sign_in: str | None
    sign_out: str
    profile: str
    organizing: str | None
    time_zone: str
    calendar_feed: str
    news_feed: str
    about: str
    rules: str
    privacy: str
    contact: str
    moderation_log: str


def site_name(site: Site) -> str:
    """The portal's name: the administrators', the operator's, or ours in the reader's language."""
    return site.live.texts().get("site_name") or site.settings.site_name or _("Shanyraq")


def render_page(
    site: Site, request: Request, visit: Visit | None, template: str, context: Mapping[str, Any]
) -> str:
    """The HTML of a page. Without a visit (an error before the transaction) nobody is signed in.

    A view may give `index_as=(name, values)` for a page that search engines shall find: its
    canonical address and its other languages follow from it. All other pages are `noindex`.
    """
    links, language = site.links, current_language.get()
    path: str = request.scope["path"]
    here = _with_query(path, request)
    index_as = context.get("index_as")
    visitor = visit.visitor if visit else None
    zone = visit.zone if visit else ASTANA
    site.live.texts(visit.db if visit else None)

    def url(name: str, query: Mapping[str, Any] | None = None, **values: Any) -> str:
        return links.path(name, language, query, **values)

    home, events, calendar = url("home"), url("events.index"), url("calendar.show")
    entries = [Entry(_("Events"), events, path.startswith(events))]
    initiatives = url("initiatives.index")
    entries.append(Entry(_("Initiatives"), initiatives, path.startswith(initiatives)))
    entries.append(Entry(_("Calendar"), calendar, path.startswith(calendar)))
    stories = url("stories.index")
    entries.append(Entry(_("Stories"), stories, path.startswith(stories)))
    organizations = url("organizations.index")
    entries.append(Entry(_("Organisations"), organizations, path.startswith(organizations)))
    if visitor is not None:
        mine = url("passes.index")
        entries.append(Entry(_("My events"), mine, path == mine))
        organizing = url("organizing.index")
        entries.append(Entry(_("Organising"), organizing, path.startswith(organizing)))
        if may_moderate(visitor):
            moderation = url("moderation.index")
            # The public log's address begins alike.
            here_now = path == moderation or path.startswith(f"{moderation}/")
            entries.append(Entry(_("Moderation"), moderation, here_now))
        if visitor.is_administrator:
            administration = url("operating.show")
            entries.append(
                Entry(_("Administration"), administration, path.startswith(administration))
            )
    return render(
        template,
        **{
            "language": language,
            "language_names": OWN_NAMES,
            "site_name": site_name(site),
            "assets": site.assets,
            "url": url,
            "languages": _languages(site, path, here, language),
            "navigation": entries,
            "person": SignedIn(name_of(visit.db, visitor)) if visit and visitor else None,
            "links": Addresses(
                home,
                url("sign_in.new", {"next": here} if path != home else None),
                url("sign_in.end"),
                url("profile.edit"),
                None,
                url("time_zone.edit", {"next": here}),
                url("calendar.feed"),
                url("feeds.site"),
                url("site_pages.about"),
                url("site_pages.rules"),
                url("site_pages.privacy"),
                url("site_pages.contact"),
                url("moderation_log.index"),
            ),
            "zone": Zone(
                zone,
                city_of(zone) if zone != ASTANA else _("Astana"),
                offset_label(zone, visit.now if visit else clock.now()),
                bool(visit and visit.chosen_zone),
            ),
            "zone_offer": ZoneOffer(url("time_zone.update"), here, _offered_cities(language))
            if visit and not visit.chosen_zone
            else None,
            "canonical": links.absolute(index_as[0], language, index_as[2], **index_as[1])
            if index_as
            else None,
            "alternates": [
                (tag, links.absolute(index_as[0], tag, index_as[2], **index_as[1]))
                for tag in LANGUAGES
            ]
            if index_as
            else [],
            "robots": None if index_as else "noindex",
            "feeds": [],
            **context,
        },
    )


@lru_cache(maxsize=len(LANGUAGES))
def _offered_cities(language: str) -> Markup:
    """Names of the zones most readers live in; for others the script reads the zone's own."""
    del language  # only tells the languages apart; city_of reads the current one
    option = Markup('<option value="{}">{}</option>')
    return Markup().join(option.format(zone, city_of(zone)) for zone in FREQUENT)


def _with_query(path: str, request: Request) -> str:
    query = request.scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query and len(query) < 300 else path  # noqa: PLR2004 - see safe_next


def _languages(site: Site, path: str, here: str, current: str) -> list[Language]:
    """The same page in each language; the home page where the address knows no language."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    in_language = first in LANGUAGES
    return [
        Language(
            tag,
            OWN_NAMES[tag],
            f"/{tag}{here[len(first) + 1 :]}" if in_language else site.links.path("home", tag),
            tag == current,
        )
        for tag in LANGUAGES
    ]
