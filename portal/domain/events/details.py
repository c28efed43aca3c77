"""What an organiser says of an event, as one value, and the rules it is checked by."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from portal.core.refusals import Refusals
from portal.core.text_rules import check_texts
from portal.core.time_zones import instant_of
from portal.domain.events import link_rules, rules
from portal.domain.events.models import AttendanceMode, Event, Funding
from portal.domain.publishing.publication import Visibility
from portal.i18n.locale import LANGUAGES
from portal.i18n.translated import Translated

# What is written in words, and can be translated.
LONGEST: Final = {
    "title": rules.LONGEST_TITLE,
    "summary": rules.LONGEST_SUMMARY,
    "description": rules.LONGEST_DESCRIPTION,
    "venue": rules.LONGEST_VENUE,
    "funding_note": rules.LONGEST_FUNDING_NOTE,
}


@dataclass(frozen=True)
class Link:
    """A join link as typed; without an address it holds the place of one left empty."""

    url: str
    remark: Translated


@dataclass(frozen=True)
class Details:
    """Everything an organiser says of an event; wall times are naive."""

    title: Translated
    summary: Translated
    description: Translated
    venue: Translated
    attendance_mode: AttendanceMode
    starts_wall: datetime
    ends_wall: datetime
    time_zone: str
    capacity: int | None
    visibility: Visibility
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    join_links: tuple[Link, ...] = ()
    funding: Funding | None = None
    funding_note: Translated = field(default_factory=lambda: Translated.of(LANGUAGES[0]))
    # Of those who choose it the caller knows that they hold it.
    initiative_id: int | None = None

    @property
    def given_links(self) -> tuple[Link, ...]:
        """The join links without places left empty."""
        return tuple(link for link in self.join_links if link.url)


def check(details: Details, taken: int = 0) -> tuple[datetime, datetime]:
    """Return the instants of start and end, or everything that the rules refuse, at once."""
    refusals = Refusals()
    with refusals:
        rules.check_title(details.title)
    for name, most in LONGEST.items():
        with refusals:
            check_texts(getattr(details, name), most, name, one_line=name != "description")
    with refusals:
        rules.check_capacity(details.capacity, taken)
    for number, link in enumerate(details.join_links, start=1):
        with refusals:
            link_rules.check_link_typed(link.url, link.remark, f"link_{number}")
        with refusals:
            check_texts(link.remark, link_rules.LONGEST_REMARK, f"remark_{number}")
    with refusals:
        instants = _instants_of(details)
    refusals.settle()
    return instants


def _instants_of(details: Details) -> tuple[datetime, datetime]:
    refusals = Refusals()
    with refusals:
        starts_at = instant_of(details.starts_wall, details.time_zone, "starts")
    with refusals:
        ends_at = instant_of(details.ends_wall, details.time_zone, "ends")
    refusals.settle()
    rules.check_times(starts_at, ends_at)
    return starts_at, ends_at


def join_links_of(event: Event) -> tuple[Link, ...]:
    """Return the event's join links as its organiser typed them."""
    return tuple(Link(link.url, link.remark) for link in event.join_links)


def details_of(event: Event) -> Details:
    """Return what the organiser has said so far."""
    return Details(
        title=event.title,
        summary=event.summary,
        description=event.description,
        venue=event.venue,
        attendance_mode=AttendanceMode(event.attendance_mode),
        starts_wall=event.starts_wall,
        ends_wall=event.ends_wall,
        time_zone=event.time_zone,
        capacity=event.capacity,
        visibility=Visibility(event.visibility_chosen or event.visibility),
        funding=Funding(event.funding) if event.funding else None,
        funding_note=event.funding_note,
        tags=tuple(tag.tag for tag in event.tags),
        languages=tuple(language.language for language in event.languages),
        join_links=join_links_of(event),
        initiative_id=event.initiative_id,
    )
