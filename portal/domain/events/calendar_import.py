"""Calendars of other programs as drafts: every entry, and each date of those that repeat."""

import re
from collections import defaultdict
from datetime import datetime
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.core.refusals import Refusal
from portal.domain.events import link_rules, rules
from portal.domain.events.actions import create
from portal.domain.events.calendar_entries import (
    CalendarEntry,
    CalendarTooLargeError,
    CalendarUnreadableError,
    Moment,
    Zones,
    entries_of,
    zone_named,
)
from portal.domain.events.calendar_text import as_markdown, cut, one_line, plain
from portal.domain.events.details import Details, Link
from portal.domain.events.models import AttendanceMode, Event
from portal.domain.events.occurrences import occurrences_of
from portal.domain.organizations.models import Organization
from portal.domain.publishing.publication import Visibility
from portal.i18n.locale import gettext, use_locale
from portal.i18n.translated import Translated

__all__ = ["CalendarTooLargeError", "CalendarUnreadableError", "import_drafts", "read_calendar"]

# Dates of one repeating entry; and drafts in all, above which entries give their first date only.
MAX_DATES = 400
MAX_DRAFTS = 2_000
# How often a draft is tried whose readable address somebody else takes meanwhile.
_TRIES: Final = 5
_JOIN_LINK: Final = re.compile(r"https://[^\s<>\"'\\]*[^\s<>\"'\\.,;:!?)\]]", re.IGNORECASE)
_LONGEST_PLACE: Final = 5_000  # of what is searched for links and kept in the description
_EMPTY_BRACKETS: Final = re.compile(r"\(\s*\)|<\s*>|\[\s*\]")


def read_calendar(content: bytes, original_language: str, default_zone: str) -> list[Details]:
    """Return what an .ics file says, as valid details, with notes on what was changed.

    Times that name no place are taken as `default_zone` shows them. Raises
    CalendarUnreadableError. Depends on nothing but its arguments, so that it may run in a process
    that can be stopped: the worst 5 MB take a while.
    """
    entries, zone_name = entries_of(content)
    zones = Zones(default_zone, zone_named(zone_name) or default_zone)
    replaced = _replaced(entries, zones)
    found: list[Details] = []
    with use_locale(original_language):
        for position, entry in enumerate(entries, start=1):
            to_come = len(entries) - position
            limit = max(1, min(MAX_DATES, MAX_DRAFTS - len(found) - to_come))
            found += _details(entry, zones, replaced[entry.text("UID")], limit, original_language)
    return found


def import_drafts(
    db: Session, organization: Organization, content: bytes, *, language: str, now: datetime
) -> list[Event]:
    """Import a draft for every date in the calendar; all of them or none."""
    read = read_calendar(content, language, organization.time_zone)
    return [_draft(db, organization, details, now) for details in read]


def _draft(db: Session, organization: Organization, details: Details, now: datetime) -> Event:
    """`create`, again if the random end of the address was taken: a series shares one title."""
    for _attempt in range(_TRIES - 1):
        try:
            with db.begin_nested():
                return create(db, organization, details, now)
        except IntegrityError:
            continue
    return create(db, organization, details, now)


def _replaced(entries: list[CalendarEntry], zones: Zones) -> defaultdict[str, list[Moment]]:
    """By UID, the dates of a series that have entries of their own."""
    found: defaultdict[str, list[Moment]] = defaultdict(list)
    for entry in entries:
        if uid := entry.text("UID"):
            found[uid] += zones.moments(entry.all("RECURRENCE-ID"))
    return found


def _details(
    entry: CalendarEntry, zones: Zones, replaced: list[Moment], limit: int, language: str
) -> list[Details]:
    """Return one entry's dates, alike but for times and notes."""

    def in_language(text: str) -> Translated:
        return Translated.of(language, **{language: text})

    place, links, mode = _place(entry)
    title = name = " ".join(one_line(entry.text("SUMMARY")).split()) or gettext("Untitled event")
    if entry.text("STATUS").strip().upper() == "CANCELLED":
        title = gettext("Cancelled: %(title)s", title=name)
    whole = [
        text
        for text, max_length in ((name, rules.LONGEST_TITLE), (place, rules.LONGEST_VENUE))
        if len(text) > max_length or (text == name and len(title) > rules.LONGEST_TITLE)
    ]
    body = "\n\n".join(filter(None, [*whole, _description(entry)]))
    address = cut(one_line(entry.text("URL")).strip(), link_rules.LONGEST_LINK)
    is_private = entry.text("CLASS").strip().upper() in {"PRIVATE", "CONFIDENTIAL"}
    occurrences = occurrences_of(entry, zones, replaced, limit)
    descriptions = {
        notes: in_language(_markdown(body, [address, *notes]))
        for notes in {occurrence.notes for occurrence in occurrences}
    }
    return [
        Details(
            title=in_language(cut(title, rules.LONGEST_TITLE)),
            summary=in_language(""),
            description=descriptions[occurrence.notes],
            venue=in_language(cut(place, rules.LONGEST_VENUE)),
            attendance_mode=mode,
            starts_wall=occurrence.starts,
            ends_wall=occurrence.ends,
            time_zone=occurrence.zone,
            capacity=None,
            visibility=Visibility.PRIVATE if is_private else Visibility.PUBLIC,
            join_links=tuple(Link(link, in_language("")) for link in links),
        )
        for occurrence in occurrences
    ]


def _description(entry: CalendarEntry) -> str:
    """Return the entry's description as plain text; HTML only where there is nothing else."""
    # WordPress's All-in-One Event Calendar escapes the line breaks of its HTML twice.
    return plain(entry.text("DESCRIPTION")) or plain(entry.text("X-ALT-DESC").replace("\\n", "\n"))


def _markdown(body: str, tail: list[str]) -> str:
    """Return the description: as much of the body as fits, then address and notes."""
    end = "\n\n".join(as_markdown(line, rules.LONGEST_DESCRIPTION) for line in tail if line)
    begin = as_markdown(body, rules.LONGEST_DESCRIPTION - len(end) - 2) if body else ""
    return "\n\n".join(filter(None, [begin, end]))


def _place(entry: CalendarEntry) -> tuple[str, list[str], AttendanceMode]:
    """Venue, join links and what they make of the event; web addresses of a place are links."""
    place = " ".join(one_line(entry.text("LOCATION")[:_LONGEST_PLACE]).split())
    links: list[str] = []
    for link in _JOIN_LINK.findall(place):
        if _is_fit(link):
            links.append(link)
            place = _EMPTY_BRACKETS.sub("", place.replace(link, " ", 1))
    if links:
        place = " ".join(place.split()).strip(" ,;:|-–—")
    offered = (one_line(line.value).strip() for line in entry.all("CONFERENCE"))
    links += [link for link in offered if _JOIN_LINK.fullmatch(link) and _is_fit(link)]
    if not links:
        return place, [], AttendanceMode.OFFLINE
    mode = AttendanceMode.MIXED if place else AttendanceMode.ONLINE
    return place, list(dict.fromkeys(links))[: link_rules.MAX_JOIN_LINKS], mode


def _is_fit(link: str) -> bool:
    try:
        link_rules.check_link(link, "link")
    except Refusal:
        return False
    return True
