"""Reading calendar files (RFC 5545): their entries, and the wall times and zones written in them.

Only VEVENTs are read; VTIMEZONEs are not, since their rules may be endless: a zone is known by its
name or not at all.
"""

import codecs
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from babel.core import get_global
from icalendar.parser import Contentline
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from portal.core.refusals import Refusal
from portal.core.time_zones import PLACES, wall_of, zone_info
from portal.i18n.locale import gettext_lazy as _

LARGEST_FILE = 5_000_000  # bytes
MAX_ENTRIES = 5_000
# Far more than any text of ours may hold; the rest of a line is not even parsed.
LONGEST_LINE = 70_000
MAX_LINES = 1_000  # of one property in one entry
# A year inside those the portal takes, so that an event may reach over its last midnight.
EARLIEST_YEAR, LATEST_YEAR = 1900, 2199
_SINGLE: Final = frozenset(
    {"UID", "SUMMARY", "DESCRIPTION", "X-ALT-DESC", "LOCATION", "URL", "STATUS", "CLASS"}
    | {"DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "DTSTAMP"}
)
_REPEATED: Final = frozenset({"RRULE", "EXRULE", "RDATE", "EXDATE", "CONFERENCE"})
_NAME: Final = re.compile(r"\s*([A-Za-z0-9-]{1,60})\s*[:;]")
_FOLD: Final = re.compile(rb"\r?\n[ \t]")
_MOMENT: Final = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d):?(\d\d)?(?:\.\d{1,6})?)?(Z)?", re.ASCII
)
_DURATION: Final = re.compile(
    r"([+-])?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?",
    re.ASCII,
)


class CalendarUnreadableError(Refusal):
    """Not an iCalendar file."""

    message = _("This file is not a calendar. Choose an .ics file as calendar programs export it.")
    field = "calendar"


class CalendarTooLargeError(CalendarUnreadableError):
    """More than LARGEST_FILE or MAX_ENTRIES."""

    message = _("This calendar is too large: use at most %(megabytes)s MB and %(entries)s entries.")

    def __init__(self) -> None:
        """Say what the limits are."""
        super().__init__(megabytes=LARGEST_FILE // 1_000_000, entries=MAX_ENTRIES)


@dataclass(frozen=True, slots=True)
class Property:
    """A line of an entry: its value unescaped, its TZID or ""."""

    value: str
    zone: str


@dataclass
class CalendarEntry:
    """One VEVENT, as far as it is used; of a property that may come once, the first counts."""

    properties: dict[str, list[Property]] = field(default_factory=lambda: defaultdict(list))

    def all(self, name: str) -> list[Property]:
        """Return the lines of a property that say something, in order."""
        return [line for line in self.properties.get(name, ()) if line.value.strip()]

    def first(self, name: str) -> Property | None:
        """Return the property, if it says something."""
        return next(iter(self.all(name)), None)

    def text(self, name: str) -> str:
        """Return the property's value, or ""."""
        line = self.first(name)
        return line.value if line else ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A wall time (naive) in the zone of a place, or a whole day beginning then."""

    wall: datetime
    zone: str
    is_day: bool = False


def entries_of(content: bytes) -> tuple[list[CalendarEntry], str]:
    """Return the file's entries and the zone it names for itself ("" if none).

    Raises CalendarUnreadableError. Lines that cannot be read are passed over, and so is what lies
    inside an entry, such as its alarms; an entry whose end is missing counts.
    """
    if len(content) > LARGEST_FILE:
        raise CalendarTooLargeError
    entries: list[CalendarEntry] = []
    entry: CalendarEntry | None = None
    inner, zone, is_calendar = 0, "", False
    for line in _lines(content):
        match = _NAME.match(line)
        name = match[1].upper() if match else ""
        kind = line.partition(":")[2].strip().upper() if name in {"BEGIN", "END"} else ""
        if name == "BEGIN" and kind == "VEVENT":
            if len(entries) == MAX_ENTRIES:
                raise CalendarTooLargeError
            entry, inner = CalendarEntry(), 0
            entries.append(entry)
        elif name == "BEGIN":
            is_calendar = is_calendar or kind == "VCALENDAR"
            inner += 1
        elif name == "END":
            entry, inner = (None, 0) if kind in {"VEVENT", "VCALENDAR"} else (entry, inner - 1)
        elif name == "X-WR-TIMEZONE" and entry is None:
            zone = zone or line.partition(":")[2].strip()
        elif entry is not None and inner <= 0 and name in _SINGLE | _REPEATED:
            _add(entry, name, line)
    if not is_calendar:
        raise CalendarUnreadableError
    return entries, zone


def _lines(content: bytes) -> Iterator[str]:
    """Unfolded lines; a fold may fall inside a character, so bytes are joined before decoding."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        content = content.decode("utf-16", errors="replace").encode()
    for line in _FOLD.sub(b"", content).splitlines():
        yield line[: LONGEST_LINE * 2].decode("utf-8-sig", errors="replace")[:LONGEST_LINE]


def _add(entry: CalendarEntry, name: str, line: str) -> None:
    if len(entry.properties[name]) >= (1 if name in _SINGLE else MAX_LINES):
        return
    try:
        _name, parameters, value = Contentline(line).parts()  # type: ignore[no-untyped-call]
    except ValueError:
        return
    entry.properties[name].append(Property(value, str(parameters.get("TZID", ""))))


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_named(name: str) -> str | None:
    """Return the IANA zone that a program means by `name`: a place's zone where there is one.

    Understands Windows' names, former names ("US/Pacific") and names behind a path
    ("/citadel.org/20210210_1/Europe/Berlin").
    """
    name = name.strip().strip('"')
    name = WINDOWS_TO_OLSON.get(name, name)
    parts = name.split("/")[-3:]
    for candidate in ("/".join(parts[start:]) for start in range(len(parts))):
        current = get_global("zone_aliases").get(candidate, candidate)
        if current in PLACES and current in _known_zones():
            return str(current)
        if candidate in _known_zones():
            return candidate
    return None


@dataclass(frozen=True)
class Zones:
    """How a file's times are read: `place` is the organisation's zone, `floating` the file's."""

    place: str
    floating: str

    def moment(self, text: str, zone_name: str) -> Moment | None:
        """Return the moment a DATE or DATE-TIME stands for; None if it cannot be read.

        Instants, and times in a zone that is no place's, become wall times of `place`; times in no
        zone, or in an unknown one, are taken as the clocks of `floating` show them.
        """
        match = _MOMENT.fullmatch(text.strip().upper())
        if match is None or not EARLIEST_YEAR <= int(match[1]) <= LATEST_YEAR:
            return None
        year, month, day, hour, minute, second = (int(group or 0) for group in match.groups()[:6])
        try:
            # RFC 5545 allows a leap second; a datetime does not.
            wall = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001 - naive
        except ValueError:
            return None
        if match[4] is None:
            return Moment(wall, self.place, is_day=True)
        zone = "UTC" if match[7] else zone_named(zone_name) or self.floating
        if zone in PLACES:
            return Moment(wall, zone)
        instant = wall.replace(tzinfo=zone_info(zone)).astimezone(UTC)
        return Moment(wall_of(instant, self.place).replace(tzinfo=None), self.place)

    def moments(self, lines: list[Property]) -> list[Moment]:
        """Return all moments of EXDATE or RDATE lines; of a period, its start."""
        read = (
            self.moment(value.partition("/")[0], line.zone)
            for line in lines
            for value in line.value.split(",")
        )
        return [moment for moment in read if moment is not None]


def duration_of(text: str) -> tuple[int, timedelta] | None:
    """Days as calendars count them and the exact rest; None if unreadable or not above zero."""
    match = _DURATION.fullmatch(text.strip().upper())
    if match is None or match[1] == "-":
        return None
    weeks, days, hours, minutes, seconds = (int(group or 0) for group in match.groups()[1:])
    rest = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return (weeks * 7 + days, rest) if weeks or days or rest else None
