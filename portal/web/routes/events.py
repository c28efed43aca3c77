"""Lists of events and the event page, seen by everyone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

from markupsafe import Markup
from pydantic import Field

from portal import dates
from portal.domain.events import listing
from portal.domain.events.hosts import roles_in
from portal.domain.events.models import AttendanceMode, Funding, Status
from portal.domain.events.page import event_page as event_page_for
from portal.domain.events.rules import (
    is_over,
    is_public,
    is_running,
    may_analyse,
    may_edit,
)
from portal.domain.events.vocabulary import SPOKEN_LANGUAGES, TAGS
from portal.domain.organizations import queries as organizations
from portal.domain.organizations.rules import is_verified
from portal.domain.registrations.queries import standing_of, standings
from portal.domain.registrations.rules import is_open
from portal.domain.results.rules import has_taken_place
from portal.domain.stories.listing import about_event
from portal.i18n import LANGUAGES
from portal.items import ItemKind
from portal.markdown import without_links
from portal.places import Band
from portal.refusals import NotFoundError
from portal.time_zones import wall_of
from portal.web.cards import (
    BANDS,
    FUNDINGS,
    MODES,
    cards_of,
    hosts_line,
    languages_line,
    result_card_of,
    state_tags,
)
from portal.web.covers import cover_of_page
from portal.web.files import calendar_file
from portal.web.filters import filter_links, page_asked, page_links
from portal.web.forms import Fields, Form
from portal.web.hours import hours_of, other_cities
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages
from portal.web.schema_org import linked_data
from portal.web.sharing import shared
from portal.web.story_cards import story_cards
from portal.web.translated_line import translated_line

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.responses import Response

    from portal.domain.events.page import Words
    from portal.domain.events.queries import Shown
    from portal.refusals import Refusal
    from portal.web.visit import Visit

pages = Pages()


class GuestFields(Fields):
    """A guest signs up with these two."""

    name: Annotated[str, Field(max_length=80)] = ""
    email: Annotated[str, Field(max_length=254)] = ""


# An event that ends on the next day by then is said to end at an hour, not on a date.
LONGEST_NIGHT = timedelta(hours=12)
_BLANK = Form(GuestFields)


@pages.get("/events", name="events.index", policy=Policy.ANYONE, cache=Cache.PUBLIC, brief=True)
def index(visit: Visit) -> Response:
    """Upcoming or past events, by tag, language and organisation."""
    query = visit.request.query_params
    past, tag, language = query.get("when") == "past", query.get("tag"), query.get("language")
    page = page_asked(visit)
    if (
        query.get("when") not in {None, "past", "upcoming"}
        or (tag is not None and tag not in TAGS)
        or (language is not None and language not in SPOKEN_LANGUAGES)
    ):
        raise NotFoundError
    slug = query.get("organization")
    organization = organizations.organization_named(visit.db, slug) if slug else None
    filters = listing.Filters(past, tag, language, organization.id if organization else None)
    found, more = listing.page_of(visit.db, filters, visit.now, page)
    mine = standings(visit.db, visit.visitor, [e.id for e in found]) if visit.visitor else {}
    asked = {
        "when": "past" if past else None,
        "tag": tag,
        "language": language,
        "organization": slug,
    }
    return visit.page(
        "events/index.html",
        past=past,
        organization=organization and organization.name.said(),
        cards=cards_of(visit, found, mine),
        filters=filter_links(visit, asked),
        is_narrowed=any(asked[name] for name in ("tag", "language", "organization")),
        pager=page_links(visit, "events.index", asked, page, more=more),
        index_as=("events.index", {}, asked | {"page": page if page > 1 else None}),
    )


@pages.get(
    "/events/{slug}", name="events.show", policy=Policy.ANYONE, cache=Cache.PUBLIC, brief=True
)
def show(visit: Visit, slug: str) -> Response:
    """The event page."""
    return event_page(visit, slug, _BLANK)


@pages.get("/events/{slug}/event.ics", name="events.file", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def file(visit: Visit, slug: str) -> Response:
    """The event for anybody's calendar."""
    event, _words = event_page_for(visit.db, visit.visitor, slug)
    return calendar_file(visit, [event], event.slug)


def event_page(
    visit: Visit,
    slug: str,
    form: Form[GuestFields],
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response:
    """The event page; a refusal or a form's errors are told beside the button."""
    event, words = event_page_for(visit.db, visit.visitor, slug)
    standing = standing_of(visit.db, visit.visitor, event.id) if visit.visitor else None
    roles = roles_in(visit.db, visit.visitor, event)
    return visit.page(
        "events/show.html",
        status,
        spelled=(ItemKind.EVENT, event.id),
        **facts_of_page(visit, event, words),
        standing=standing,
        form=form,
        blank_form=_BLANK,
        refusal=refusal and refusal.said(),
        may_edit=may_edit(roles),
        may_analyse=may_analyse(roles),
        is_preview=False,
        index_as=("events.show", {"slug": slug}, None) if is_public(event) else None,
    )


def _until(starts: datetime, ends: datetime) -> str | None:
    """The end, if it lies on another day: its hour after a night, and its date after longer."""
    if starts.date() == ends.date():
        return None
    return dates.hour(ends) if ends - starts <= LONGEST_NIGHT else dates.full(ends.date())


def facts_of_page(visit: Visit, event: Shown, words: Words) -> dict[str, Any]:
    """What the event page shows of the event itself, for the page and for its preview."""
    hours = hours_of(event.starts_at, event.time_zone, visit.chosen_zone)
    first_zone = visit.chosen_zone or event.time_zone
    starts, ends = wall_of(event.starts_at, first_zone), wall_of(event.ends_at, first_zone)
    html = words.description_html
    language = visit.language if visit.language in html else event.title.original
    description = html.get(language, "")
    if not is_verified(event.organization_verified_until, visit.now):
        description = without_links(description)
    mode = AttendanceMode(event.attendance_mode)
    return {
        "event": event,
        "title": event.title.said(),
        "summary": event.summary.said(),
        "description": Markup(description),  # noqa: S704 - sanitised when it was saved
        "description_language": language,
        "translation": translated_line(
            visit, ItemKind.EVENT, event.slug, event.title.original, words.counts
        ),
        "tags": state_tags(event, visit.now),
        "hours": hours,
        "cities": other_cities(event.starts_at, hours),
        "day": dates.full(starts.date()),
        "until": _until(starts, ends),
        "length": dates.duration(event.ends_at - event.starts_at),
        "mode": MODES[mode],
        "venue": event.venue.said() if mode is not AttendanceMode.ONLINE else None,
        "spoken": languages_line(event),
        "topics": [(str(TAGS[tag]), visit.url("tags.show", tag=tag)) for tag in event.tags],
        "initiative": (
            words.line.title.said(),
            visit.url("initiatives.show", slug=words.line.slug),
        )
        if words.line
        else None,
        "hosts": [
            (host.name.said(), visit.url("organizations.show", slug=host.slug))
            for host in event.hosts
        ],
        "hosts_line": hosts_line(event),
        "funding": FUNDINGS[Funding(words.funding)] if words.funding else None,
        "funding_note": words.funding_note.said(),
        "published": dates.long(wall_of(event.published_at, first_zone).date())
        if event.published_at
        else None,
        "changed": words.editions - 1,
        "result": result_card_of(visit, words.outcome)
        if words.outcome and has_taken_place(event, visit.now)
        else None,
        "band": BANDS.get(event.places),
        "band_kind": event.places.value,
        "is_full": event.places is Band.FULL,
        "is_open": is_open(event, visit.now),
        "is_over": is_over(event, visit.now),
        "is_running": is_running(event, visit.now),
        "is_cancelled": event.status == Status.CANCELLED,
        "is_postponed": event.status == Status.POSTPONED,
        "stories": story_cards(visit, about_event(visit.db, event.id)) if words.has_stories else [],
        "cover": cover_of_page(visit, words.cover),
        "linked_data": linked_data(visit, event, words),
        "shared": shared(
            visit,
            "events.show",
            event.slug,
            title=event.title.said(),
            description=event.summary.said(),
            changed_at=event.changed_at,
        ),
        "portal_languages": LANGUAGES,
    }
