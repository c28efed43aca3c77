"""Wall time and IANA zones: from what an organiser typed to the instant that queries use."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global

from portal.core.refusals import Refusal
from portal.i18n.locale import LOCALES, current_language
from portal.i18n.locale import gettext_lazy as _

# The capital's clock, shown when nothing is known of a reader. Kazakhstan is UTC+5 as a whole
# since 2024-03-01; tzdata from the package index knows it, an old operating system may not.
ASTANA = "Asia/Almaty"

YEARS = range(1900, 2201)
_AREAS = (
    "Africa/",
    "America/",
    "Antarctica/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)


class UnknownZoneError(Refusal):
    """Not an IANA zone of a place."""

    message = _("Choose a time zone from the list.")


class YearUnfitError(Refusal):
    """Far outside of what calendars can show."""

    message = _("Choose a year between 1900 and 2200.")


class SkippedTimeError(Refusal):
    """The clocks jump over this wall time."""

    message = _("This time does not exist in that place: the clocks go forward over it that night.")


class RepeatedTimeError(Refusal):
    """The clocks show this wall time twice."""

    message = _(
        "This time comes twice in that place: the clocks go back that night. Choose another."
    )


# All zones named after a place; fixed offsets are left out.
PLACES = frozenset(zone for zone in available_timezones() if zone.startswith(_AREAS))
# Names that zones had before, and those they have now. Browsers still say Asia/Calcutta.
_PRESENT_NAMES = get_global("zone_aliases")
# One name a zone, to choose from; is_place accepts the former ones too.
OFFERED = frozenset(zone for zone in PLACES if zone not in _PRESENT_NAMES)


def is_place(zone: str) -> bool:
    """Return whether `zone` may be chosen."""
    return zone in PLACES


@cache
def zone_info(zone: str) -> ZoneInfo:
    """Return the zone's rules; one object a zone, since looking one up costs a file."""
    return ZoneInfo(zone)


def instant_of(wall: datetime, zone: str, field: str | None = None) -> datetime:
    """Return when `zone` shows `wall` (naive), or raise SkippedTimeError or RepeatedTimeError."""
    if not is_place(zone):
        raise UnknownZoneError("time_zone")
    if wall.year not in YEARS:
        raise YearUnfitError(field)
    info = zone_info(zone)
    first = wall.replace(tzinfo=info, fold=0)
    second = wall.replace(tzinfo=info, fold=1)
    if first.utcoffset() != second.utcoffset():
        wall_again = first.astimezone(UTC).astimezone(info).replace(tzinfo=None)
        raise (RepeatedTimeError if wall_again == wall else SkippedTimeError)(field)
    return first.astimezone(UTC)


def wall_of(instant: datetime, zone: str) -> datetime:
    """Return what clocks in `zone` show at `instant`, with the zone attached."""
    return instant.astimezone(zone_info(zone))


@cache
def _city(zone: str, language: str) -> str:
    # CLDR translates a city under the name its zone had first: Kyiv's under Europe/Kiev.
    former = [old for old, present in _PRESENT_NAMES.items() if present == zone]
    known = LOCALES[language].time_zones
    named = [known[each]["city"] for each in (zone, *former) if "city" in known.get(each, {})]
    return str(named[0] if named else zone.rsplit("/", 1)[-1].replace("_", " "))


def city_of(zone: str) -> str:
    """Return the city a zone is named after, in the language now spoken (CLDR's exemplar city)."""
    return _city(zone, current_language.get())


@cache
def _offset_words(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def offset_of(wall: datetime) -> str:
    """Return a zoned time's distance from UTC, such as "UTC+5" or "UTC−3:30"."""
    return _offset_words(wall.utcoffset() or timedelta())


def offset_label(zone: str, at: datetime) -> str:
    """Return the zone's distance from UTC at an instant."""
    return offset_of(wall_of(at, zone))
