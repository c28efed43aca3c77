"""What machines read on pages of events and initiatives: schema.org's Event and Project."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from portal.domain.events.models import AttendanceMode, Funding, Status
from portal.time_zones import wall_of

if TYPE_CHECKING:
    from portal.domain.events.queries import Shown, Words
    from portal.domain.initiatives.queries import Shown as Line
    from portal.web.visit import Visit

_MODES = {
    AttendanceMode.ONLINE: "OnlineEventAttendanceMode",
    AttendanceMode.OFFLINE: "OfflineEventAttendanceMode",
    AttendanceMode.MIXED: "MixedEventAttendanceMode",
}
_STATES = {
    Status.SCHEDULED: "EventScheduled",
    Status.POSTPONED: "EventPostponed",
    Status.CANCELLED: "EventCancelled",
}


# One for all pages; json.dumps makes a new one at every call.
_ENCODER = json.JSONEncoder(ensure_ascii=False)


def linked_data(visit: Visit, event: Shown, words: Words) -> Markup:
    """The event, its organisers and places."""
    address = visit.absolute("events.show", slug=event.slug)
    mode = AttendanceMode(event.attendance_mode)
    online = {"@type": "VirtualLocation", "url": address}
    place = {"@type": "Place", "name": event.venue.said().text, "address": event.venue.said().text}
    places = {
        AttendanceMode.ONLINE: online,
        AttendanceMode.OFFLINE: place,
        AttendanceMode.MIXED: [place, online],
    }
    organizers = [
        {
            "@type": "Organization",
            "name": host.name.said().text,
            "url": visit.absolute("organizations.show", slug=host.slug),
        }
        for host in event.hosts
    ]
    description = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": address,
        "name": event.title.said().text,
        "description": event.summary.said().text,
        "startDate": wall_of(event.starts_at, event.time_zone).isoformat(),
        "endDate": wall_of(event.ends_at, event.time_zone).isoformat(),
        "eventStatus": f"https://schema.org/{_STATES[Status(event.status)]}",
        "eventAttendanceMode": f"https://schema.org/{_MODES[mode]}",
        "location": places[mode],
        "inLanguage": event.languages,
        "isAccessibleForFree": words.funding != Funding.PARTICIPANTS,
        "url": address,
        "organizer": organizers if len(organizers) > 1 else organizers[0],
    }
    return _written(description)


def linked_project(visit: Visit, initiative: Line) -> Markup:
    """The initiative, who holds it, and the countries it works for."""
    address = visit.absolute("initiatives.show", slug=initiative.slug)
    description = {
        "@context": "https://schema.org",
        "@type": "Project",
        "@id": address,
        "name": initiative.title.said().text,
        "description": initiative.purpose.said().text,
        "url": address,
        "parentOrganization": [
            {
                "@type": "Organization",
                "name": host.name.said().text,
                "url": visit.absolute("organizations.show", slug=host.slug),
            }
            for host in initiative.hosts
        ],
        "areaServed": [{"@type": "Country", "identifier": code} for code in initiative.countries],
    }
    if initiative.since is not None:
        description["foundingDate"] = initiative.since.isoformat()
    return _written(description)


def _written(description: dict[str, Any]) -> Markup:
    """JSON inside a page; "<" is escaped, so that no text can end the element."""
    text = _ENCODER.encode(description)
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))  # noqa: S704 - escaped here
