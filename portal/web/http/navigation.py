"""The header and footer of every page: navigation, language switch, the reader's time zone."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

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
    current_language,
    gettext_lazy,
)
from portal.web.http.context import Context

# Offered to readers whose clock differs from the zone that times are shown in.
FREQUENT_ZONES: Final = (
    *("Asia/Almaty", "Asia/Tashkent", "Asia/Shanghai", "Asia/Urumqi", "Asia/Seoul", "Asia/Dubai"),
    *("Asia/Ulaanbaatar", "Asia/Hovd", "Asia/Bishkek", "Europe/Moscow", "Europe/Istanbul"),
    *("Europe/Berlin", "Europe/Paris", "Europe/London", "Europe/Prague", "Europe/Vienna"),
    *("Europe/Warsaw", "Europe/Budapest", "Europe/Amsterdam", "America/New_York"),
    *("America/Chicago", "America/Los_Angeles", "America/Toronto"),
)
_FOR_EVERYBODY: Final = (
    (gettext_lazy("Events"), "events.index"),
    (gettext_lazy("Initiatives"), "initiatives.index"),
    (gettext_lazy("Calendar"), "calendar.show"),
    (gettext_lazy("Stories"), "stories.index"),
    (gettext_lazy("Organisations"), "organizations.index"),
)
_FOR_MEMBERS: Final = (
    (gettext_lazy("My events"), "passes.index"),
    (gettext_lazy("Organising"), "manage.index"),
)
_FOR_MODERATORS: Final = ((gettext_lazy("Moderation"), "moderation.index"),)
_FOR_ADMINISTRATORS: Final = ((gettext_lazy("Administration"), "admin.show"),)


class LanguageLink(NamedTuple):
    """The page in another language or script."""

    tag: str
    name: str
    url: str
    is_current: bool = False


class NavigationLink(NamedTuple):
    """An entry of the main menu."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """What the header and the footer of a page show."""

    tag: str
    own_name: str
    is_home: bool
    # Whether the page is converted from Kazakh in Cyrillic; then another alphabet may be offered.
    is_converted: bool
    other_alphabet: LanguageLink | None
    languages: list[LanguageLink]
    navigation: list[NavigationLink]
    # The name of whoever is signed in.
    display_name: str | None
    # Zones to choose from and the names of their cities, unless one is chosen already.
    cities: tuple[tuple[str, str], ...]


def layout_of(links: Links, tag: str, here: str, ctx: Context | None) -> Layout:
    """Return what stands around the page at `here`; without a context, nobody is signed in."""
    path = here.partition("?")[0]
    first, _slash, below = path[1:].partition("/")
    is_localized = first in LANGUAGE_TAGS
    rest = here[len(first) + 1 :]

    def in_language(other: str) -> str:
        return f"/{other}{rest}" if is_localized else links.path("home", other)

    current = tag if tag in SWITCH else LATIN.tag  # both Latin alphabets are one entry
    other = {LATIN.tag: LATIN_TURKISH.tag, LATIN_TURKISH.tag: LATIN.tag}.get(tag)
    return Layout(
        tag=tag,
        own_name=OWN_NAMES[tag],
        is_home=path == links.path("home", tag),
        is_converted=tag in SCRIPTS,
        other_alphabet=LanguageLink(LATIN.lang, OWN_NAMES[other], in_language(other))
        if other
        else None,
        languages=[
            LanguageLink(each, OWN_NAMES[each], in_language(each), each == current)
            for each in SWITCH
        ],
        navigation=_navigation(links, tag, below.partition("/")[0] if is_localized else "", ctx),
        display_name=name_of(ctx.db, ctx.user) if ctx and ctx.user else None,
        cities=_cities(current_language.get()) if ctx and not ctx.chosen_zone else (),
    )


def _navigation(links: Links, tag: str, section: str, ctx: Context | None) -> list[NavigationLink]:
    """Return the main menu; `section` is the first part of the address after the language."""
    entries = [*_FOR_EVERYBODY]
    if ctx and (visitor := ctx.user):
        entries += _FOR_MEMBERS
        entries += _FOR_MODERATORS if may_moderate(visitor) else ()
        entries += _FOR_ADMINISTRATORS if visitor.is_administrator else ()
    addresses = [(label, links.path(route, tag)) for label, route in entries]
    return [
        NavigationLink(str(label), url, url.split("/")[2] == section) for label, url in addresses
    ]


@lru_cache(maxsize=len(LANGUAGES))
def _cities(language: str) -> tuple[tuple[str, str], ...]:
    del language  # only tells the languages apart; city_of reads the current one
    return tuple((zone, city_of(zone)) for zone in FREQUENT_ZONES)
