"""The frame around every page: what all heads share, masthead and footer, drawn once for many."""

import re
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import quote_plus

from markupsafe import Markup, escape

from portal.core.time_zones import city_of
from portal.core.urls import Links
from portal.domain.accounts.people.queries import name_of
from portal.domain.accounts.people.rules import may_moderate
from portal.i18n.kazakh.scripts import LATIN, LATIN_TURKISH, SCRIPTS
from portal.i18n.locale import (
    LANGUAGE_TAGS,
    LANGUAGES,
    OWN_NAMES,
    SWITCH,
    gettext_lazy,
    language_of,
)
from portal.templating.environment import draw, drawn
from portal.web.http.context import Context
from portal.web.http.site import Site
from portal.web.http.static import Assets

FREQUENT = (
    *("Asia/Almaty", "Asia/Tashkent", "Asia/Shanghai", "Asia/Urumqi", "Asia/Seoul", "Asia/Dubai"),
    *("Asia/Ulaanbaatar", "Asia/Hovd", "Asia/Bishkek", "Europe/Moscow", "Europe/Istanbul"),
    *("Europe/Berlin", "Europe/Paris", "Europe/London", "Europe/Prague", "Europe/Vienna"),
    *("Europe/Warsaw", "Europe/Budapest", "Europe/Amsterdam", "America/New_York"),
    *("America/Chicago", "America/Los_Angeles", "America/Toronto"),
)
# In a drawn frame this stands for the page's own address, as it is and as part of a query. No
# address has it: as it is it is no ASCII, and a query holds it only once it has been put in.
_HERE: Final = "\ue000"
_HERE_ASKED: Final = quote_plus(_HERE)
# And this for the name of who is signed in, which is put in each time: nobody's is kept. Those
# between are marks of `portal.i18n.script_output`.
_NAME: Final = "\ue003"
_STANDING: Final = re.compile(f"({_HERE}|{_HERE_ASKED}|{_NAME})")
# What stands in a query as it is, but for the slash.
_PLAIN: Final = re.compile(r"[\w.~/-]+", re.ASCII)
# One a language, part of the portal and zone that is being read in, for strangers and for each
# kind of member; some eight kilobytes each.
_MAX_CACHED: Final = 256


class Language(NamedTuple):
    """An entry of the language switch."""

    tag: str
    name: str
    url: str
    current: bool


class NavigationEntry(NamedTuple):
    """An entry of the navigation."""

    label: str
    url: str
    current: bool


class Zone(NamedTuple):
    """The zone times are shown in."""

    id: str
    city: str
    offset: str
    chosen: bool


class Who(NamedTuple):
    """Of whoever is signed in: which parts of the portal are shown to them."""

    is_moderator: bool
    is_administrator: bool


class Frame(NamedTuple):
    """What stands in a page's head, before and after its own content."""

    head: Markup
    top: Markup
    foot: Markup


class _Place(NamedTuple):
    """What is the same for all pages of a part of the portal in a language and script."""

    tag: str
    # "/kk" on pages that have a language in their address, else nothing.
    prefix: str
    # What its addresses begin with after the language, if it is one of the navigation's.
    part: str
    is_home: bool
    site_name: str
    zone: Zone
    offers_zone: bool


# The navigation; the last are shown to whom they concern.
_EVERYBODYS: Final = (
    (gettext_lazy("Events"), "events.index"),
    (gettext_lazy("Initiatives"), "initiatives.index"),
    (gettext_lazy("Calendar"), "calendar.show"),
    (gettext_lazy("Stories"), "stories.index"),
    (gettext_lazy("Organisations"), "organizations.index"),
)
_MEMBERS: Final = (
    (gettext_lazy("My events"), "passes.index"),
    (gettext_lazy("Organising"), "manage.index"),
)
_MODERATORS: Final = ((gettext_lazy("Moderation"), "moderation.index"),)
_ADMINISTRATORS: Final = ((gettext_lazy("Administration"), "admin.show"),)
_PARTS: Final = (*_EVERYBODYS, *_MEMBERS, *_MODERATORS, *_ADMINISTRATORS)


def frame_of(
    site: Site, tag: str, here: str, site_name: str, zone: Zone, ctx: Context | None
) -> Frame:
    """The frame of the page at `here`: its path, with a query if that is short."""
    links = site.links
    path = here.partition("?")[0]
    first, _slash, below = path[1:].partition("/")
    prefix = f"/{first}" if first in LANGUAGE_TAGS else ""
    rest = here[len(prefix) :]
    part = below.partition("/")[0] if prefix else ""
    place = _Place(
        tag,
        prefix,
        part if part in _parts(links) else "",
        path == links.path("home", tag),
        site_name,
        zone,
        offers_zone=ctx is not None and not zone.chosen,
    )
    name, who = "", None
    if ctx is not None and (visitor := ctx.user) is not None:
        name = str(escape(name_of(ctx.db, visitor)))
        who = Who(may_moderate(visitor), visitor.is_administrator)
    asked = rest.replace("/", "%2F") if _PLAIN.fullmatch(rest) else quote_plus(rest)
    stands_for = {_HERE: str(escape(rest)), _HERE_ASKED: asked, _NAME: name}
    head, *around = _rendered(links, site.assets, place, who)

    def put_into(pieces: tuple[str, ...]) -> Markup:
        filled = [stands_for.get(piece, piece) for piece in pieces]
        return Markup("".join(filled))  # noqa: S704 - drawn by templates

    return Frame(head, *map(put_into, around))


@lru_cache(maxsize=1)
def _parts(links: Links) -> dict[str, str]:
    """What the addresses of each part begin with, after the language, and its route."""
    return {links.path(route, "kk").split("/")[2]: route for _label, route in _PARTS}


@lru_cache(maxsize=_MAX_CACHED)
def _rendered(
    links: Links, assets: Assets, place: _Place, who: Who | None
) -> tuple[Markup, tuple[str, ...], tuple[str, ...]]:
    """Frames that differ in nothing else, drawn by templates: never anything of a person's.

    Those before and after a page's content are parted at what stands for something else.
    """
    here = place.prefix + _HERE
    context = {
        "language": language_of(place.tag),
        "tag": place.tag,
        "is_converted": place.tag in SCRIPTS,
        "other_letters": _other_letters(links, place),
        "own_name": OWN_NAMES[place.tag],
        "languages": [
            Language(
                tag,
                OWN_NAMES[tag],
                f"/{tag}{_HERE}" if place.prefix else links.path("home", tag),
                tag == _in_switch(place.tag),
            )
            for tag in SWITCH
        ],
        "here": here,
        "is_home": place.is_home,
        "navigation": _navigation(links, place, who),
        "who": who,
        "display_name": _NAME,
        "site_name": place.site_name,
        "zone": place.zone,
        "cities": _offered_cities(language_of(place.tag)) if place.offers_zone else None,
        "assets": assets,
        "url": lambda name, query=None: links.path(name, place.tag, query),
    }
    head = drawn("frame/head.html", **context)
    top, foot = draw("frame/top.html", **context), draw("frame/foot.html", **context)
    return head, tuple(_STANDING.split(top)), tuple(_STANDING.split(foot))


def _other_letters(links: Links, place: _Place) -> Language | None:
    """The same page in the other letters of Latin, of which nobody has settled which hold."""
    tag = {LATIN.tag: LATIN_TURKISH.tag, LATIN_TURKISH.tag: LATIN.tag}.get(place.tag)
    if tag is None:
        return None
    url = f"/{tag}{_HERE}" if place.prefix else links.path("home", tag)
    return Language(LATIN.lang, OWN_NAMES[tag], url, current=False)


def _in_switch(tag: str) -> str:
    """The entry of the switch that a tag belongs to: both Latins are one script."""
    return tag if tag in SWITCH else LATIN.tag


def _navigation(links: Links, place: _Place, who: Who | None) -> list[NavigationEntry]:
    entries = [*_EVERYBODYS]
    if who is not None:
        entries += _MEMBERS
        entries += _MODERATORS if who.is_moderator else ()
        entries += _ADMINISTRATORS if who.is_administrator else ()
    current = _parts(links).get(place.part)
    return [
        NavigationEntry(str(label), links.path(route, place.tag), route == current)
        for label, route in entries
    ]


@lru_cache(maxsize=len(LANGUAGES))
def _offered_cities(language: str) -> Markup:
    """Names of the zones most readers live in; for others the script reads the zone's own."""
    del language  # only tells the languages apart; city_of reads the current one
    option = Markup('<option value="{}">{}</option>')
    return Markup().join(option.format(zone, city_of(zone)) for zone in FREQUENT)
