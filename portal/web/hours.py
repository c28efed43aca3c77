"""The hours of an event side by side: the reader's first, the organiser's beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal import dates
from portal.i18n import gettext as _
from portal.time_zones import ASTANA, city_of, offset_label, wall_of
from portal.web.cities import wheel_cities

if TYPE_CHECKING:
    from datetime import datetime


class Hour(NamedTuple):
    """What a clock in a city shows at an instant; `datetime` is for <time>."""

    hour: str
    city: str
    note: str
    datetime: str
    is_reader: bool
    # The day there, where it is another day than in the first hour's city.
    day: str | None = None


def _place(zone: str, instant: datetime, *, reader: bool, note: str) -> Hour:
    wall = wall_of(instant, zone)
    return Hour(
        dates.hour(wall),
        city_of(zone),
        f"{note} · {offset_label(zone, instant)}" if note else offset_label(zone, instant),
        wall.isoformat(timespec="minutes"),
        reader,
    )


def hours_of(instant: datetime, organizer_zone: str, chosen_zone: str | None) -> list[Hour]:
    """One or two hours. Zones whose clocks agree at that instant share one.

    Without a zone of the reader's, the organiser's comes first and Astana's beside it.
    """
    if chosen_zone is None:
        first, second = organizer_zone, ASTANA
        first_note, second_note = _("organiser’s time"), _("Astana time")
    else:
        first, second = chosen_zone, organizer_zone
        first_note, second_note = _("your time"), _("organiser’s time")
    one = _place(first, instant, reader=chosen_zone is not None, note=first_note)
    two = _place(second, instant, reader=False, note=second_note)
    if second == ASTANA and chosen_zone is None:
        two = two._replace(city=_("Astana"))
    if wall_of(instant, first).utcoffset() == wall_of(instant, second).utcoffset():
        together = one.city if one.city == two.city else f"{one.city}, {two.city}"
        return [one._replace(city=together)]
    if wall_of(instant, first).date() != wall_of(instant, second).date():
        there = wall_of(instant, second)
        two = two._replace(day=f"{dates.short_weekday(there.date())} {there.day}")
    return [one, two]


def other_cities(instant: datetime, shown: list[Hour]) -> list[Hour]:
    """The diaspora's cities whose hour is not shown yet, from west to east."""
    taken = {hour.city for hour in shown}
    return [
        _place(city.zone, instant, reader=False, note="")._replace(city=city.name)
        for city in wheel_cities()
        if city.name not in taken
    ]
