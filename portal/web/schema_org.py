"""What machines read on an event's page: schema.org/Event as JSON-LD."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from markupsafe import Markup

from portal.domain.events.caution import unlinked
from portal.domain.events.models import AttendanceMode, Funding, Status
from portal.time_zones import wall_of
from portal.web.covers import address_of

if TYPE_CHECKING:
    from portal.domain.events.page import Words
    from portal.domain.events.queries import Shown
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
    """The event, its organisers and places; "<" is escaped, so that no text can end the element."""
    event = unlinked(event, visit.now)
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
    if words.cover is not None:
        description["image"] = [address_of(visit, words.cover)]
    text = _ENCODER.encode(description)
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))  # noqa: S704 - escaped here
