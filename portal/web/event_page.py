"""The page of one event: what is the same for all readers."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from markupsafe import Markup

from portal import dates
from portal.domain.events.models import AttendanceMode, Funding
from portal.domain.events.page import event_page
from portal.domain.events.vocabulary import TAGS
from portal.domain.organizations.rules import is_verified
from portal.domain.results.rules import has_taken_place
from portal.domain.stories.listing import about_event
from portal.i18n import OWN_NAMES
from portal.items import ItemKind
from portal.markdown import without_links
from portal.refusals import NotFoundError
from portal.rendering import pieces
from portal.time_zones import wall_of
from portal.web.cards import (
    FUNDINGS,
    MODES,
    languages_line,
    result_card_of,
    state_tags,
)
from portal.web.covers import cover_of_page
from portal.web.hours import hours_of, other_cities
from portal.web.pages import site_name
from portal.web.parts import Sort
from portal.web.schema_org import linked_data
from portal.web.sharing import shared
from portal.web.sign_up_panel import offer_of
from portal.web.story_cards import story_cards
from portal.web.translated_line import translated_line

if TYPE_CHECKING:
    from datetime import datetime

    from portal.domain.events.page import Words
    from portal.domain.events.queries import Shown
    from portal.translated import Said
    from portal.web.sign_up_panel import Offer
    from portal.web.visit import Visit


# An event that ends on the next day by then is said to end at an hour, not on a date.
LONGEST_NIGHT: Final = timedelta(hours=12)
# Some twenty kilobytes each.
_SHOWN: Final = Sort("event pages", 64)


class EventPage(NamedTuple):
    """What the page says to everybody, drawn, and what its way to sign up is drawn from."""

    event: Shown
    title: Said
    summary: Said
    head: Markup
    lead: Markup
    rest: Markup
    offer: Offer


def event_page_for(visit: Visit, slug: str) -> EventPage:
    """The page of an event that the visitor may see; of one that all may see it is shared."""
    key = (slug, visit.tag, visit.chosen_zone)
    try:
        return visit.part(_SHOWN, key, partial(_page, slug=slug))
    except NotFoundError:
        if visit.visitor is None:
            raise
        return _page(visit, slug)


def _page(visit: Visit, slug: str) -> EventPage:
    return page_of(visit, *event_page(visit.db, visit.visitor, slug))


def page_of(visit: Visit, event: Shown, words: Words, *, is_preview: bool = False) -> EventPage:
    """The page, drawn; a preview leads nowhere that is not there yet."""
    title, summary = event.title.said(), event.summary.said()
    offer = offer_of(event, visit.now)
    facts = _facts(visit, event, words, title, summary)
    said = pieces(
        "parts/event.html",
        **facts,
        event=event,
        is_over=offer.ways.is_over,
        is_cancelled=offer.ways.is_cancelled,
        is_preview=is_preview,
        language=visit.language,
        language_names=OWN_NAMES,
        url=visit.url,
    )
    return EventPage(event, title, summary, said.head, said.lead, said.rest, offer)


def _until(starts: datetime, ends: datetime) -> str | None:
    """The end, if it lies on another day: its hour after a night, and its date after longer."""
    if starts.date() == ends.date():
        return None
    return dates.hour(ends) if ends - starts <= LONGEST_NIGHT else dates.full(ends.date())


def _facts(visit: Visit, event: Shown, words: Words, title: Said, summary: Said) -> dict[str, Any]:
    """What is told of the event to everybody."""
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
        "title": title,
        "summary": summary,
        "description": Markup(description),  # noqa: S704 - sanitised when it was saved
        "description_language": language,
        "translation": translated_line(
            visit, ItemKind.EVENT, event.slug, event.title.original, words.counts
        ),
        "hosts": [
            (host.name.said(), visit.url("organizations.show", slug=host.slug))
            for host in event.hosts
        ],
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
        "funding": FUNDINGS[Funding(words.funding)] if words.funding else None,
        "funding_note": words.funding_note.said(),
        "published": dates.long(wall_of(event.published_at, first_zone).date())
        if event.published_at
        else None,
        "changed": words.editions - 1,
        "result": result_card_of(visit, words.outcome)
        if words.outcome and has_taken_place(event, visit.now)
        else None,
        "stories": story_cards(visit, about_event(visit.db, event.id)) if words.has_stories else [],
        "cover": cover_of_page(visit, words.cover),
        "linked_data": linked_data(visit, event, words),
        "shared": shared(
            visit,
            "events.show",
            event.slug,
            title=title,
            description=summary,
            changed_at=event.changed_at,
        ),
        "site_name": site_name(visit.site),
    }
