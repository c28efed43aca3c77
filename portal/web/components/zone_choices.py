"""Time zones to choose from: by part of the world, named by city with the present offset."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from portal.core.time_zones import ASTANA, OFFERED, city_of, offset_label
from portal.i18n.collation import in_alphabet
from portal.i18n.locale import current_language
from portal.i18n.locale import gettext as _


def zone_options(chosen: str, now: datetime) -> list[dict[str, Any]]:
    """Return groups of (zone, words) for a select, frequent ones first, by this week's offsets."""
    week = now.replace(hour=0, minute=0, second=0, microsecond=0, day=1)
    return _options(chosen, week, current_language.get())


@lru_cache(maxsize=64)
def _options(chosen: str, week: datetime, language: str) -> list[dict[str, Any]]:
    del language  # only makes the cache tell languages apart; city_of reads the current one
    areas = {
        "Asia": _("Asia"),
        "Europe": _("Europe"),
        "America": _("America"),
        "Africa": _("Africa"),
        "Australia": _("Australia"),
        "Pacific": _("Pacific Ocean"),
        "Atlantic": _("Atlantic Ocean"),
        "Indian": _("Indian Ocean"),
        "Antarctica": _("Antarctica"),
    }

    def words(zone: str) -> str:
        name = f"{city_of(zone)}, {_('Astana')}" if zone == ASTANA else city_of(zone)
        return f"{name} ({offset_label(zone, week)})"

    frequent = list(dict.fromkeys([chosen, ASTANA]))
    groups: list[dict[str, Any]] = [
        {"label": _("Frequent"), "options": [(zone, words(zone)) for zone in frequent]}
    ]
    for area, label in areas.items():
        inside = [z for z in OFFERED if z.startswith(f"{area}/") and z not in frequent]
        named = sorted(
            ((zone, words(zone)) for zone in inside), key=lambda pair: in_alphabet(pair[1])
        )
        groups.append({"label": label, "options": named})
    return groups
