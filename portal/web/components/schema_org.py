"""What machines read on pages of events, initiatives and stories: schema.org as JSON-LD."""

import json
from typing import Any

from markupsafe import Markup

from portal.content.picture_html import Picture
from portal.core.time_zones import wall_of
from portal.domain.events.link_safety import unlinked
from portal.domain.events.models import AttendanceMode, Funding, Status
from portal.domain.events.queries import EventDetail, EventRow
from portal.domain.events.vocabulary import TAGS
from portal.domain.initiatives.queries import InitiativeRow
from portal.domain.stories.queries import StoryDetail, StoryRow
from portal.web.components.covers import address_of
from portal.web.http import Context

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


def linked_data(ctx: Context, event: EventRow, words: EventDetail) -> Markup:
    """Return the event, its organisers and places."""
    event = unlinked(event, ctx.now)
    address = ctx.absolute("events.show", slug=event.slug)
    mode = AttendanceMode(event.attendance_mode)
    places = []
    if mode is not AttendanceMode.ONLINE:
        venue = event.venue.localized().text
        places.append({"@type": "Place", "name": venue, "address": venue})
    if mode is not AttendanceMode.OFFLINE:
        places.append({"@type": "VirtualLocation", "url": address})
    organizers = [
        {
            "@type": "Organization",
            "name": host.name.localized().text,
            "url": ctx.absolute("organizations.show", slug=host.slug),
        }
        for host in event.hosts
    ]
    description = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": address,
        "name": event.title.localized().text,
        "description": event.summary.localized().text,
        "startDate": wall_of(event.starts_at, event.time_zone).isoformat(),
        "endDate": wall_of(event.ends_at, event.time_zone).isoformat(),
        "eventStatus": f"https://schema.org/{_STATES[Status(event.status)]}",
        "eventAttendanceMode": f"https://schema.org/{_MODES[mode]}",
        "location": places if len(places) > 1 else places[0],
        "inLanguage": list(event.languages),
        "isAccessibleForFree": words.funding != Funding.PARTICIPANTS,
        "url": address,
        "organizer": organizers if len(organizers) > 1 else organizers[0],
    }
    if words.cover is not None:
        description["image"] = [address_of(ctx, words.cover)]
    return _element(description)


def linked_project(ctx: Context, initiative: InitiativeRow, cover: Picture | None) -> Markup:
    """Return the initiative, who holds it, and the countries it works for."""
    address = ctx.absolute("initiatives.show", slug=initiative.slug)
    description = {
        "@context": "https://schema.org",
        "@type": "Project",
        "@id": address,
        "name": initiative.title.localized().text,
        "description": initiative.purpose.localized().text,
        "url": address,
        "parentOrganization": [
            {
                "@type": "Organization",
                "name": host.name.localized().text,
                "url": ctx.absolute("organizations.show", slug=host.slug),
            }
            for host in initiative.hosts
        ],
        "areaServed": [{"@type": "Country", "identifier": code} for code in initiative.countries],
    }
    if initiative.since is not None:
        description["foundingDate"] = initiative.since.isoformat()
    if cover is not None:
        description["image"] = [address_of(ctx, cover)]
    return _element(description)


def _element(description: dict[str, Any]) -> Markup:
    """JSON inside a page; "<" is escaped, so that no text can end the element."""
    text = _ENCODER.encode(description)
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))  # noqa: S704 - escaped here


def blog_posting(ctx: Context, story: StoryRow, words: StoryDetail) -> Markup:
    """Return a story, what it is about, its public author, and who is behind it."""
    address = ctx.absolute("stories.show", slug=story.slug)
    author: dict[str, Any] = {"@type": "Person", "name": story.byline}
    if story.author_slug is not None:
        author["url"] = ctx.absolute("authors.show", slug=story.author_slug)
    posting: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "@id": address,
        "url": address,
        "mainEntityOfPage": address,
        "headline": story.title.localized().text,
        "description": story.summary.localized().text,
        "inLanguage": story.title.localized().language,
        "keywords": [str(TAGS[tag]) for tag in story.tags],
    }
    if words.cover is not None:
        posting["image"] = [address_of(ctx, words.cover)]
    if story.published_at is not None:
        posting["datePublished"] = story.published_at.isoformat()
        posting["dateModified"] = story.changed_at.isoformat()
    if story.organization_slug is not None and story.organization_name is not None:
        posting["publisher"] = {
            "@type": "Organization",
            "name": story.organization_name.localized().text,
            "url": ctx.absolute("organizations.show", slug=story.organization_slug),
        }
    if words.line is not None:
        project = ctx.absolute("initiatives.show", slug=words.line.slug)
        name = words.line.title.localized().text
        posting["about"] = {"@type": "Project", "@id": project, "name": name, "url": project}
    if story.byline or "publisher" in posting:
        posting["author"] = author if story.byline else posting["publisher"]
    return _element(posting)
