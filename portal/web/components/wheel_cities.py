"""Cities of the diaspora whose clocks the hour wheel shows."""

from functools import lru_cache

from portal.core.cities import DIASPORA
from portal.i18n.locale import LANGUAGES, current_language
from portal.web.components.hour_wheel import City


def wheel_cities() -> tuple[City, ...]:
    """Return the cities with their names in the language now spoken."""
    return _named(current_language.get())


@lru_cache(maxsize=len(LANGUAGES))
def _named(_language: str) -> tuple[City, ...]:
    return tuple(City(str(name), zone) for name, zone in DIASPORA)
