"""When an entry of a calendar takes place: for each date, a start and an end as events have."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from portal.core.time_zones import (
    RepeatedTimeError,
    SkippedTimeError,
    city_of,
    instant_of,
    zone_info,
)
from portal.domain.events import rules
from portal.domain.events.calendar_entries import (
    CalendarEntry,
    Moment,
    Zones,
    duration_of,
    zone_named,
)
from portal.domain.events.calendar_text import one_line
from portal.domain.events.recurrences import Rule, UnreadableRuleError, rule_of
from portal.i18n import dates
from portal.i18n.locale import gettext

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
# Clocks have skipped a whole day (Samoa, 2011), never more.
_LONGEST_JUMP: Final = 26 * 60  # minutes
_NO_DATE: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a wall time
_LONGEST_QUOTE: Final = 200


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Wall times (naive) that the clocks of `zone` show exactly once, and what was changed."""

    starts: datetime
    ends: datetime
    zone: str
    notes: tuple[str, ...]


def settled(wall: datetime, zone: str) -> datetime:
    """Return the wall time, or the next minute that clocks of `zone` show just once."""
    if _is_unambiguous(wall, zone):
        return wall
    minute = wall.replace(second=0, microsecond=0)
    more = range(1, _LONGEST_JUMP)
    found = bisect_left(
        more, x=True, key=lambda minutes: _is_unambiguous(minute + timedelta(minutes=minutes), zone)
    )
    return minute + timedelta(minutes=more[found])


def _is_unambiguous(wall: datetime, zone: str) -> bool:
    try:
        instant_of(wall, zone)
    except (SkippedTimeError, RepeatedTimeError):
        return False
    return True


def occurrences_of(
    entry: CalendarEntry, zones: Zones, replaced: Iterable[Moment], limit: int
) -> list[Occurrence]:
    """Return the entry's dates within a year from the first, at least one and at most `most`.

    `replaced` are the dates that other entries of the same series speak for. Notes are in the
    language now spoken.
    """
    notes: list[str] = []
    start = _moment(entry, "DTSTART", zones)
    if start is None:
        notes.append(gettext("The date of this entry could not be read in the imported calendar."))
        others = (_moment(entry, name, zones) for name in ("RECURRENCE-ID", "DTEND", "DTSTAMP"))
        start = next(filter(None, others), Moment(_NO_DATE, zones.place, is_day=True))
    elif (name := _unknown_zone(entry)) and not start.is_day:
        notes.append(
            gettext(
                "The time zone “%(zone)s” of the calendar is unknown; that of %(city)s was taken.",
                zone=name,
                city=city_of(start.zone),
            )
        )
    length = _length(entry, start, zones)
    walls, note_on_rest = _walls(entry, start, zones, replaced, limit)
    found = [_occurrence(wall, length, start.zone) for wall in walls]
    found = [replace(occurrence, notes=(*notes, *occurrence.notes)) for occurrence in found]
    if note_on_rest:
        found[-1] = replace(found[-1], notes=(*found[-1].notes, note_on_rest))
    return found


def _unknown_zone(entry: CalendarEntry) -> str:
    """Return what the entry calls a zone that nobody knows, or ""."""
    line = entry.first("DTSTART")
    if line is None or not line.zone or line.value.strip().upper().endswith("Z"):
        return ""
    return "" if zone_named(line.zone) else one_line(line.zone)[:_LONGEST_QUOTE]


def _moment(entry: CalendarEntry, name: str, zones: Zones) -> Moment | None:
    line = entry.first(name)
    return None if line is None else zones.moment(line.value, line.zone)


def _wall_in(moment: Moment, zone: str) -> datetime:
    if moment.is_day or moment.zone == zone:
        return moment.wall
    there = moment.wall.replace(tzinfo=zone_info(moment.zone))
    return there.astimezone(zone_info(zone)).replace(tzinfo=None)


def _length(entry: CalendarEntry, start: Moment, zones: Zones) -> timedelta:
    """Return how much later clocks show the end; what has no end lasts an hour, or the day."""
    length = timedelta()
    if (end := _moment(entry, "DTEND", zones)) is not None:
        length = _wall_in(end, start.zone) - start.wall
    elif (duration := duration_of(entry.text("DURATION"))) is not None:
        days, rest = duration
        wall = (start.wall + days * _DAY).replace(tzinfo=zone_info(start.zone))
        length = _exactly_later(wall, rest).replace(tzinfo=None) - start.wall
    usual = _DAY if start.is_day else _HOUR
    return length if length > timedelta() else usual


def _exactly_later(wall: datetime, rest: timedelta) -> datetime:
    return (wall.astimezone(zone_info("UTC")) + rest).astimezone(wall.tzinfo)


def _walls(
    entry: CalendarEntry, start: Moment, zones: Zones, replaced: Iterable[Moment], limit: int
) -> tuple[list[datetime], str]:
    """Return the dates on which the entry begins, in order, and a note on those left out, or ""."""
    extra = zones.moments(entry.all("RDATE"))
    if entry.first("RECURRENCE-ID") or not (entry.first("RRULE") or extra):
        return [start.wall], ""
    try:
        rule = _rule(entry)
    except UnreadableRuleError:
        quoted = one_line(entry.text("RRULE") or entry.text("EXRULE"))[:_LONGEST_QUOTE]
        return [start.wall], gettext(
            "Only the first date was imported; the series repeats as: %(rule)s", rule=quoted
        )

    def begins(moment: Moment) -> datetime:
        """Return when the entry begins on the date that EXDATE and the like name."""
        wall = _wall_in(moment, start.zone)
        return datetime.combine(wall, start.wall.time()) if moment.is_day or start.is_day else wall

    horizon = _a_year_after(start.wall)
    walls = {start.wall}
    goes_on = False
    if rule is not None:
        last = zones.moment(rule.until, start.zone) if rule.until else None
        until = begins(last) if last else None
        dated = list(rule.walls(start.wall, until, horizon))
        walls.update(dated)
        goes_on = (until is None or until >= horizon) and len(dated) != rule.count
    more = {begins(moment) for moment in extra}
    walls.update(wall for wall in more if start.wall <= wall < horizon)
    gone = {begins(moment) for moment in (*zones.moments(entry.all("EXDATE")), *replaced)}
    left = sorted(walls - gone) or [start.wall]
    if goes_on or len(left) > limit or any(wall >= horizon for wall in more):
        return left[:limit], gettext("The series goes on in the imported calendar after this date.")
    return left, ""


def _rule(entry: CalendarEntry) -> Rule | None:
    """Return the one rule of the entry; raise UnreadableRuleError where more are at work."""
    written = entry.all("RRULE")
    if len(written) > 1 or entry.all("EXRULE"):
        raise UnreadableRuleError
    return rule_of(written[0].value) if written else None


def _a_year_after(wall: datetime) -> datetime:
    try:
        return wall.replace(year=wall.year + 1)
    except ValueError:  # 29 February
        return wall.replace(year=wall.year + 1, month=3, day=1)


def _occurrence(wall: datetime, length: timedelta, zone: str) -> Occurrence:
    # Far ends are cut below; until then they must stay inside the calendar's years.
    said = (wall, wall + min(length, rules.LONGEST_EVENT + timedelta(days=2)))
    starts, ends = settled(said[0], zone), settled(said[1], zone)
    notes = [
        gettext(
            "The imported calendar says %(time)s, but clocks there skip it or show it twice.",
            time=dates.stamp(time),
        )
        for time, possible in zip(said, (starts, ends), strict=True)
        if time != possible
    ]
    if ends <= starts:
        ends = settled(starts + _HOUR, zone)
    latest = instant_of(starts, zone) + rules.LONGEST_EVENT
    if instant_of(ends, zone) > latest:
        notes.append(
            gettext(
                "The imported calendar says until %(time)s; an event lasts 31 days at most.",
                time=dates.stamp(wall + length),
            )
        )
        # Where clocks change at that very time, some hours are lost.
        ends = starts + rules.LONGEST_EVENT
        while not _is_unambiguous(ends, zone) or instant_of(ends, zone) > latest:
            ends -= _HOUR
    return Occurrence(starts, ends, zone, tuple(notes))
