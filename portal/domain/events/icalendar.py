"""Events as iCalendar (RFC 5545) for calendar programs, in the language now spoken."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.prop import vCalAddress, vCategory, vDuration, vText, vUri

from portal.core.time_zones import wall_of, zone_info
from portal.domain.events.calendar_text import many_lines, one_line
from portal.domain.events.link_safety import Unlinked
from portal.domain.events.models import AttendanceMode, Status
from portal.domain.events.queries import EventRow
from portal.domain.events.vocabulary import TAGS
from portal.i18n.locale import gettext
from portal.i18n.script_output import convert, convert_text

Method = Literal["PUBLISH", "CANCEL"]

PRODUCT: Final = "-//Shanyraq//portal//EN"
DISCREET_PRODUCT: Final = "-//portal//EN"
REFRESH_AFTER: Final = timedelta(hours=1)
_STATUS: Final = {
    Status.SCHEDULED: "CONFIRMED",
    Status.POSTPONED: "TENTATIVE",
    Status.CANCELLED: "CANCELLED",
}
_DAY: Final = timedelta(days=1)


class _Text(vText):
    """TEXT as RFC 5545 escapes it; the library makes a line break of a backslash before an N."""

    def to_ical(self) -> bytes:
        escaped = self.replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,")
        return escaped.replace("\n", r"\n").encode()


def calendar_of(
    events: Iterable[Unlinked],
    *,
    name: str,
    event_url: Callable[[str], str],
    method: Method = "PUBLISH",
    organizer_address: str | None = None,
    is_discreet: bool = False,
) -> bytes:
    """Return a calendar of these events; `event_url` makes a page's address from a slug.

    With a `name` it is one to subscribe to: the name heads it and programs ask again every hour;
    "" makes a file for once. CANCEL takes entries out of the reader's calendar, whatever becomes
    of the event, and needs `organizer_address`, an e-mail address (RFC 5546, 3.2.5). A discreet
    one has the times alone, for whoever looks over the reader's shoulder.
    """
    listed = list(events)
    calendar = Calendar()
    calendar["PRODID"] = _Text(DISCREET_PRODUCT if is_discreet else PRODUCT)
    calendar["VERSION"] = _Text("2.0")
    calendar["CALSCALE"], calendar["METHOD"] = _Text("GREGORIAN"), _Text(method)
    if name and method == "PUBLISH":
        calendar["X-WR-CALNAME"] = _Text(one_line(convert(name)))
        calendar.add("REFRESH-INTERVAL", REFRESH_AFTER, parameters={"VALUE": "DURATION"})
        calendar["X-PUBLISHED-TTL"] = vDuration(REFRESH_AFTER)
    for zone, years in sorted(_years_by_zone(listed).items()):
        calendar.add_component(_vtimezone(zone, tuple(sorted(years))))
    for event in listed:
        entry = _entry(event, method)
        if is_discreet:
            entry["SUMMARY"] = _Text(convert(gettext("Appointment")))
        else:
            _describe(entry, event, event_url(event.slug))
        if organizer_address is not None:
            # Parameters know no backslash, but some programs take it for an escape.
            name = one_line(convert_text(event.organization_name.localized()).text).replace(
                "\\", "/"
            )
            entry["ORGANIZER"] = vCalAddress(
                f"mailto:{one_line(organizer_address)}", params={} if is_discreet else {"CN": name}
            )
        calendar.add_component(entry)
    return bytes(calendar.to_ical())


def _entry(event: EventRow, method: Method) -> Event:
    entry = Event()
    entry["UID"] = _Text(one_line(event.uid))
    entry.add("SEQUENCE", event.sequence)
    entry.add("DTSTAMP", event.changed_at)
    entry.add("LAST-MODIFIED", event.changed_at)
    entry.add("DTSTART", wall_of(event.starts_at, event.time_zone))
    entry.add("DTEND", wall_of(event.ends_at, event.time_zone))
    entry["STATUS"] = _Text("CANCELLED" if method == "CANCEL" else _STATUS[Status(event.status)])
    return entry


def _describe(entry: Event, event: EventRow, url: str) -> None:
    title, url = convert_text(event.title.localized()), one_line(url)
    summary = convert_text(event.summary.localized()).text
    details = convert(gettext("Details and sign-up: %(url)s", url=url))
    entry["SUMMARY"] = _Text(one_line(title.text), params={"LANGUAGE": title.language})
    entry["DESCRIPTION"] = _Text(many_lines(f"{summary}\n\n{details}" if summary else details))
    entry["URL"] = vUri(url)
    if event.attendance_mode == AttendanceMode.ONLINE:
        entry["LOCATION"] = _Text(convert(gettext("Online")))
    elif event.venue:
        entry["LOCATION"] = _Text(one_line(convert_text(event.venue.localized()).text))
    if tags := [convert(str(TAGS[tag])) for tag in event.tags if tag in TAGS]:
        entry["CATEGORIES"] = vCategory(tags)


def _years_by_zone(events: Iterable[EventRow]) -> dict[str, set[int]]:
    years: dict[str, set[int]] = {}
    for event in events:
        years.setdefault(event.time_zone, set()).update(
            wall_of(instant, event.time_zone).year for instant in (event.starts_at, event.ends_at)
        )
    return years


@dataclass(frozen=True, slots=True)
class _Change:
    """What clocks do: offsets from UTC before and after, the new time's name."""

    before: timedelta
    after: timedelta
    name: str
    is_daylight: bool


def _clock(zone: str, instant: datetime) -> tuple[timedelta, str, bool]:
    wall = instant.astimezone(zone_info(zone))
    return wall.utcoffset() or timedelta(), wall.tzname() or zone, bool(wall.dst())


@lru_cache(maxsize=1024)
def _changes(zone: str, year: int) -> tuple[tuple[datetime, _Change], ...]:
    """Return what the clocks show when the year begins and whenever they change, and what changes.

    The first one changes nothing: it says what holds when the year begins. Not left to the
    library's `Timezone.from_tzid`, which (7.3) begins summer time an hour late.
    """
    midnight = datetime(year, 1, 1, tzinfo=zone_info(zone))
    instant, end = midnight.astimezone(UTC), midnight.replace(year=year + 1).astimezone(UTC)
    offset, name, is_daylight = state = _clock(zone, instant)
    found = [(midnight.replace(tzinfo=None), _Change(offset, offset, name, is_daylight))]
    while instant < end:
        if (following := _clock(zone, instant + _DAY)) != state:
            second = bisect_left(
                range(_DAY // timedelta(seconds=1)),
                x=True,
                key=lambda s, a=instant, old=state: _clock(zone, a + timedelta(seconds=s)) != old,  # type: ignore[misc]
            )
            onset = instant + timedelta(seconds=second)
            if onset < end:
                wall = (onset + state[0]).replace(tzinfo=None)
                found.append((wall, _Change(state[0], *following)))
            state = following
        instant += _DAY
    return tuple(found)


@lru_cache(maxsize=512)
def _vtimezone(zone: str, years: tuple[int, ...]) -> Timezone:
    """Return the zone's clocks in these years; shared between calendars, so never to be changed."""
    walls: dict[_Change, list[datetime]] = {}
    for year in years:
        for wall, change in _changes(zone, year)[year - 1 in years :]:
            walls.setdefault(change, []).append(wall)
    component = Timezone()
    component["TZID"] = _Text(zone)
    for change, (first, *others) in walls.items():
        part = TimezoneDaylight() if change.is_daylight else TimezoneStandard()
        part.DTSTART, part.TZOFFSETFROM, part.TZOFFSETTO = first, change.before, change.after
        part["TZNAME"] = _Text(change.name)
        if others:
            part.add("RDATE", others)
        component.add_component(part)
    return component
