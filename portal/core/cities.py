"""Cities as the reader's language calls them, whichever language their name was typed in."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from portal.core.time_zones import ASTANA, OFFERED, city_of
from portal.i18n.collation import in_alphabet
from portal.i18n.locale import LANGUAGES, current_language, use_locale
from portal.i18n.locale import gettext_lazy as _

# With large Kazakh communities, from west to east, and their zones.
DIASPORA: Final = (
    (_("New York"), "America/New_York"),
    (_("London"), "Europe/London"),
    (_("Berlin"), "Europe/Berlin"),
    (_("Istanbul"), "Europe/Istanbul"),
    (_("Astana"), ASTANA),
    (_("Ölgii"), "Asia/Hovd"),
    (_("Beijing"), "Asia/Shanghai"),
    (_("Seoul"), "Asia/Seoul"),
)


def city_here(typed: str) -> str:
    """Return a city's name in the current language, of the diaspora's or CLDR's; else as typed."""
    names = _known().get(in_alphabet(typed)[0])
    return names[current_language.get()] if names else typed


@cache
def _known() -> Mapping[str, Mapping[str, str]]:
    """Map spellings to names by language; namesakes are called alike."""
    cities: list[dict[str, str]] = [{} for _city in (*DIASPORA, *OFFERED)]
    for language in LANGUAGES:
        with use_locale(language):
            called = [str(name) for name, _zone in DIASPORA] + [city_of(zone) for zone in OFFERED]
        for names, name in zip(cities, called, strict=True):
            names[language] = name
    found: dict[str, Mapping[str, str]] = {}
    for names in cities:
        for name in names.values():
            found.setdefault(in_alphabet(name)[0], names)
    return found
