"""Calendars written entry by entry, and what is read of them."""

from datetime import datetime

from portal.domain.events.calendar_import import read_calendar
from portal.domain.events.details import Details, check
from portal.i18n.translated import Translated


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute)


def calendar(*entries: str, head: str = "") -> bytes:
    """A calendar of entries given as lines, each with a start unless it names one."""
    written = [
        f"BEGIN:VEVENT\n{'' if 'DTSTART' in entry else START}{entry}\nEND:VEVENT\n"
        for entry in entries
    ]
    lines = f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{''.join(written)}END:VCALENDAR\n"
    return lines.replace("\n", "\r\n").encode()


START = "DTSTART;TZID=Asia/Almaty:20260322T180000\n"


def read(*entries: str, head: str = "", zone: str = "Asia/Almaty") -> list[Details]:
    """What is read in English; every one of it is what all rules allow."""
    found = read_calendar(calendar(*entries, head=head), "en", zone)
    for details in found:
        check(details)
    return found


def one(entry: str, *, head: str = "", zone: str = "Asia/Almaty") -> Details:
    (details,) = read(entry, head=head, zone=zone)
    return details


def words(text: Translated) -> str:
    return text.localized("en").text


def span(details: Details) -> tuple[datetime, datetime, str]:
    return details.starts_wall, details.ends_wall, details.time_zone
