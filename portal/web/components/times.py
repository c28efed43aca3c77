"""The hours of an event side by side: the reader's first, the organiser's beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from portal.core.time_zones import ASTANA, city_of, offset_of, wall_of
from portal.i18n import dates
from portal.i18n.locale import gettext as _
from portal.web.components.wheel_cities import wheel_cities


@dataclass(frozen=True, slots=True)
class Hour:
    """What a clock in a city shows at an instant; `datetime` is for <time>, `note` says whose."""

    hour: str
    city: str
    note: str
    datetime: str
    is_reader: bool
    # The day there, where it is another day than in the first hour's city.
    day: str | None = None

    @property
    def offset(self) -> str:
        """Its distance from UTC; lists have no room for it."""
        return offset_of(datetime.fromisoformat(self.datetime))


def _place(wall: datetime, city: str, note: str, *, reader: bool = False) -> Hour:
    machine = wall.isoformat("T", "minutes")
    # As `dates.hour` writes it; an event's page shows the hour of eight cities.
    return Hour(machine[11:16], city, note, machine, reader)


def event_hours(
    instant: datetime, organizer_zone: str, chosen_zone: str | None
) -> tuple[Hour, ...]:
    """Return hours in the reader's zone, else in the organiser's and, if it differs, Astana's."""
    one = wall_of(instant, chosen_zone or organizer_zone)
    one_city = city_of(chosen_zone or organizer_zone)
    if chosen_zone is None:
        two, two_city = wall_of(instant, ASTANA), _("Astana")
        one_note, two_note = _("organiser’s time"), _("Astana time")
    else:
        two, two_city = wall_of(instant, organizer_zone), city_of(organizer_zone)
        one_note, two_note = _("your time"), _("organiser’s time")
    if one.utcoffset() == two.utcoffset():
        together = one_city if one_city == two_city else f"{one_city}, {two_city}"
        return (_place(one, together, one_note, reader=chosen_zone is not None),)
    second = _place(two, two_city, two_note)
    if one.date() != two.date():
        day = two.date()
        second = replace(second, day=f"{dates.short_weekday(day)} {day.day}")
    return _place(one, one_city, one_note, reader=chosen_zone is not None), second


def other_cities(instant: datetime, listed: Sequence[Hour]) -> list[Hour]:
    """Return the diaspora's cities whose hour is not shown yet, from west to east."""
    taken = {name for hour in listed for name in hour.city.split(", ")}
    return [
        _place(wall_of(instant, city.zone), city.name, "")
        for city in wheel_cities()
        if city.name not in taken
    ]
