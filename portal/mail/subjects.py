"""The words around an email about an event: its subject, its button, and when the event is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from portal.config.settings import Settings
from portal.core.time_zones import ASTANA, city_of, is_place, offset_label, wall_of
from portal.domain.emails.models import EmailKind
from portal.domain.events.models import Event
from portal.domain.moderation.runtime_settings import all_changed
from portal.i18n import dates
from portal.i18n.locale import gettext as _
from portal.i18n.locale import gettext_lazy

_SUBJECTS: Final = {
    EmailKind.CONFIRM: gettext_lazy("Please confirm: %(title)s"),
    EmailKind.CONFIRMED: gettext_lazy("Your place is confirmed: %(title)s"),
    EmailKind.WAITLISTED: gettext_lazy("You are on the waiting list: %(title)s"),
    EmailKind.PROMOTED: gettext_lazy("A place for you: %(title)s"),
    EmailKind.CANCELLED: gettext_lazy("Cancelled: %(title)s"),
    EmailKind.FEEDBACK: gettext_lazy("How was it? %(title)s"),
    EmailKind.FEEDBACK_AGAIN: gettext_lazy("Will you tell us how it was? %(title)s"),
}
# The most important change names the email.
_CHANGES: Final = {
    "postponed": gettext_lazy("Postponed: %(title)s"),
    "time": gettext_lazy("New time: %(title)s"),
    "place": gettext_lazy("New place: %(title)s"),
    "attendance": gettext_lazy("New way to take part: %(title)s"),
    "links": gettext_lazy("New link: %(title)s"),
    "hosts": gettext_lazy("New organisers: %(title)s"),
}
_REMINDERS: Final = {
    0: gettext_lazy("Today, %(hour)s (%(city)s): %(title)s"),
    1: gettext_lazy("Tomorrow, %(hour)s (%(city)s): %(title)s"),
}
_SOON: Final = gettext_lazy("Soon: %(title)s")


def subject_of(kind: EmailKind, title: str) -> str:
    """Return the subject of any email but those below, in the language now spoken."""
    return str(_SUBJECTS[kind]) % {"title": title}


def subject_of_change(changes: Sequence[str], title: str) -> str:
    """Return the subject of an email about these changes."""
    return str(next(_CHANGES[fact] for fact in _CHANGES if fact in changes)) % {"title": title}


def subject_of_reminder(event: Event, title: str, time_zone: str | None, now: datetime) -> str:
    """Return the subject with day, hour and city of the first of the email's clocks."""
    zone, _second = zones_of(time_zone, event.time_zone)
    words = _REMINDERS.get(days_until(event.starts_at, now, zone), _SOON)
    hour = dates.hour(wall_of(event.starts_at, zone))
    return str(words) % {"title": title, "hour": hour, "city": city_of(zone)}


def button_of(kind: EmailKind) -> str:
    """Return what the email's one button says."""
    if kind is EmailKind.CONFIRM:
        return _("Confirm your place")
    if kind is EmailKind.CANCELLED:
        return _("About the event")
    if kind in {EmailKind.FEEDBACK, EmailKind.FEEDBACK_AGAIN}:
        return _("Give feedback")
    return _("Open your pass")


def site_name(db: Session, settings: Settings) -> str:
    """Return the portal's name: the administrators', the operator's, or ours."""
    return all_changed(db).get("site_name") or settings.site_name or _("Shanyraq")


@dataclass(frozen=True, slots=True)
class EventHours:
    """One line: from when to when, in which cities, whose time that is (empty if one knows)."""

    when: str
    cities: str
    offset: str
    whose: str


def zones_of(time_zone: str | None, organizer_zone: str) -> tuple[str, str]:
    """Return the zones of recipient and organiser, or of organiser and Astana."""
    if time_zone is not None and is_place(time_zone):
        return time_zone, organizer_zone
    return organizer_zone, ASTANA


def event_hours(
    starts_at: datetime, ends_at: datetime, time_zone: str | None, organizer_zone: str
) -> list[EventHours]:
    """Return one line for each clock; zones whose clocks agree share one."""
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
    """Return a point in time on the first of the two clocks, with its city."""
    zone, _second = zones_of(time_zone, organizer_zone)
    stamp = dates.stamp(wall_of(instant, zone))
    return f"{stamp} ({city_of(zone)}, {offset_label(zone, instant)})"


def days_until(instant: datetime, now: datetime, zone: str) -> int:
    """Return how many midnights a clock passes until then."""
    return (wall_of(instant, zone).date() - wall_of(now, zone).date()).days


def _span(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    start, end = wall_of(starts_at, zone), wall_of(ends_at, zone)
    opening = _("%(date)s, %(hour)s", date=dates.full(start.date()), hour=dates.hour(start))
    opening = opening[:1].upper() + opening[1:]
    if start.date() == end.date():
        return f"{opening}–{dates.hour(end)}"
    closing = _("%(date)s, %(hour)s", date=dates.full(end.date()), hour=dates.hour(end))
    return f"{opening} – {closing}"
