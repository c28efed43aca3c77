"""Cities of the diaspora whose clocks the hour wheel shows."""

from __future__ import annotations

from functools import lru_cache

from portal.i18n import LANGUAGES, current_language
from portal.i18n import gettext_lazy as _
from portal.time_zones import ASTANA
from portal.web.hour_wheel import City

# From west to east; places with large Kazakh communities.
_CITIES = (
    (_("New York"), "America/New_York"),
    (_("London"), "Europe/London"),
    (_("Berlin"), "Europe/Berlin"),
    (_("Istanbul"), "Europe/Istanbul"),
    (_("Astana"), ASTANA),
    (_("Ölgii"), "Asia/Hovd"),
    (_("Beijing"), "Asia/Shanghai"),
    (_("Seoul"), "Asia/Seoul"),
)


def wheel_cities() -> tuple[City, ...]:
    """The cities with their names in the language now spoken."""
    return _named(current_language.get())


@lru_cache(maxsize=len(LANGUAGES))
def _named(_language: str) -> tuple[City, ...]:
    return tuple(City(str(name), zone) for name, zone in _CITIES)
