"""When an event is, as a letter says it: whole days and hours, the recipient's zone first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from portal.core.time_zones import ASTANA, city_of, is_place, offset_label, wall_of
from portal.i18n import dates
from portal.i18n.locale import gettext as _


@dataclass(frozen=True, slots=True)
class EventHours:
    """One line: from when to when, in which cities, whose time that is (empty if one knows)."""

    when: str
    cities: str
    offset: str
    whose: str


def zones_of(time_zone: str | None, organizer_zone: str) -> tuple[str, str]:
    """The recipient's zone and the organiser's; without the first, the organiser's and Astana's."""
    if time_zone is not None and is_place(time_zone):
        return time_zone, organizer_zone
    return organizer_zone, ASTANA


def event_hours(
    starts_at: datetime, ends_at: datetime, time_zone: str | None, organizer_zone: str
) -> list[EventHours]:
    """One line for each clock; zones whose clocks agree share one."""
    zones = zones_of(time_zone, organizer_zone)
    is_known = zones[0] == time_zone
    whose = (
        (_("your time"), _("organiser’s time"))
        if is_known
        else (_("organiser’s time"), _("Astana time"))
    )
    cities = [city_of(zone) for zone in zones]
    if not is_known:
        cities[1] = _("Astana")
    lines = [
        EventHours(_span(starts_at, ends_at, zone), city, offset_label(zone, starts_at), owner)
        for zone, city, owner in zip(zones, cities, whose, strict=True)
    ]
    if lines[0].offset != lines[1].offset:
        return lines
    together = ", ".join(dict.fromkeys(cities))
    return [replace(lines[0], cities=together, whose=whose[0] if is_known else "")]


def moment(instant: datetime, time_zone: str | None, organizer_zone: str) -> str:
    """A point in time on the first of the two clocks, with its city."""
    zone, _second = zones_of(time_zone, organizer_zone)
    stamp = dates.stamp(wall_of(instant, zone))
    return f"{stamp} ({city_of(zone)}, {offset_label(zone, instant)})"


def days_until(instant: datetime, now: datetime, zone: str) -> int:
    """How many midnights a clock passes until then."""
    return (wall_of(instant, zone).date() - wall_of(now, zone).date()).days


def _span(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    start, end = wall_of(starts_at, zone), wall_of(ends_at, zone)
    opening = _("%(date)s, %(hour)s", date=dates.full(start.date()), hour=dates.hour(start))
    opening = opening[:1].upper() + opening[1:]
    if start.date() == end.date():
        return f"{opening}–{dates.hour(end)}"
    closing = _("%(date)s, %(hour)s", date=dates.full(end.date()), hour=dates.hour(end))
    return f"{opening} – {closing}"
