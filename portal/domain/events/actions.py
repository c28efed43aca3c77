"""Writing events. What a change means for those who signed up is in registrations.consequences."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import tokens
from portal.domain.events import provenance, rules
from portal.domain.events.hiding import hide
from portal.domain.events.models import (
    AttendanceMode,
    Event,
    EventLanguage,
    EventTag,
    Funding,
    Hiding,
    JoinLink,
    Status,
    Visibility,
)
from portal.domain.events.slugs import slug_of
from portal.domain.organizations.queries import is_suspended
from portal.i18n import LANGUAGES
from portal.markdown import html_of
from portal.texts import check_texts
from portal.time_zones import instant_of
from portal.translated import Translated

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.domain.organizations.models import Organization


@dataclass(frozen=True)
class Link:
    """A join link as typed."""

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


def check(details: Details, taken: int = 0) -> tuple[datetime, datetime]:
    """The instants of start and end, or the first refusal among all rules."""
    starts_at = instant_of(details.starts_wall, details.time_zone, "starts")
    ends_at = instant_of(details.ends_wall, details.time_zone, "ends")
    rules.check_times(starts_at, ends_at)
    if not details.title.said(details.title.original).text:
        raise rules.TitleNeededError(f"title_{details.title.original}")
    check_texts(details.title, rules.LONGEST_TITLE, "title")
    check_texts(details.summary, rules.LONGEST_SUMMARY, "summary")
    check_texts(details.description, rules.LONGEST_DESCRIPTION, "description", one_line=False)
    check_texts(details.venue, rules.LONGEST_VENUE, "venue")
    check_texts(details.funding_note, rules.LONGEST_FUNDING_NOTE, "funding_note")
    rules.check_capacity(details.capacity, taken)
    for number, link in enumerate(details.join_links, start=1):
        rules.check_link(link.url, f"link_{number}")
        check_texts(link.remark, rules.LONGEST_REMARK, f"remark_{number}")
    return starts_at, ends_at


def create(db: Session, organization: Organization, details: Details, now: datetime) -> Event:
    """A draft of an organisation."""
    check(details)
    return _added(db, organization.id, details, now)


def _added(db: Session, organization_id: int, details: Details, now: datetime) -> Event:
    """A new draft at an address of its own, even if somebody takes the same one just now."""
    while True:
        event = Event(
            slug=_free_slug(db, details.title),
            uid=f"{tokens.new_public_id()}@shanyraq",
            sequence=0,
            organization_id=organization_id,
            taken=0,
            last_queue_number=0,
            status=Status.SCHEDULED.value,
            revision=0,
            changed_at=now,
            editions=0,
            tags=[],
            languages=[],
            join_links=[],
        )
        write(event, details, now)
        if is_suspended(db, organization_id):
            hide(event, Hiding.SUSPENSION)
        try:
            with db.begin_nested():
                db.add(event)
        except IntegrityError:
            if db.scalar(select(Event.id).where(Event.slug == event.slug)) is None:
                raise
        else:
            return event


def write(event: Event, details: Details, now: datetime) -> None:
    """Puts checked details into an event and counts the revision."""
    event.starts_at, event.ends_at = check(details, event.taken)
    event.title, event.summary = details.title, details.summary
    event.description, event.venue = details.description, details.venue
    event.description_html = html_of(details.description)
    event.attendance_mode = details.attendance_mode.value
    event.starts_wall, event.ends_wall = details.starts_wall, details.ends_wall
    event.time_zone = details.time_zone
    event.capacity = details.capacity
    if event.hidden_for is None:
        event.visibility = details.visibility.value
    else:
        event.visibility_chosen = details.visibility.value
    event.funding = details.funding.value if details.funding else None
    event.funding_note = details.funding_note
    event.initiative_id = details.initiative_id
    kept = {tag.tag: tag for tag in event.tags}
    event.tags = [kept.get(tag) or EventTag(tag=tag) for tag in sorted(set(details.tags))]
    spoken = {language.language: language for language in event.languages}
    event.languages = []
    for position, language in enumerate(dict.fromkeys(details.languages)):
        row = spoken.get(language) or EventLanguage(language=language)
        row.position = position
        event.languages.append(row)
    if join_links_of(event) != details.join_links:
        event.join_links = [
            JoinLink(position=position, url=link.url, remark=link.remark)
            for position, link in enumerate(details.join_links)
        ]
    event.revision += 1
    event.changed_at = now


def join_links_of(event: Event) -> tuple[Link, ...]:
    """The event's join links as its organiser typed them."""
    return tuple(Link(link.url, link.remark) for link in event.join_links)


def details_of(event: Event) -> Details:
    """What the organiser has said so far."""
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


def publish(db: Session, event: Event, now: datetime) -> None:
    """Shows a draft to its readers; its history begins."""
    if event.published_at is not None:
        raise rules.AlreadyPublishedError
    if event.hidden_for is not None:
        raise rules.HiddenError
    if rules.is_over(event, now):
        raise rules.OverError
    if event.attendance_mode != AttendanceMode.ONLINE and not event.venue:
        raise rules.VenueNeededError
    if event.funding is None:
        raise rules.FundingNeededError
    event.published_at = now
    event.changed_at = now
    event.revision += 1
    provenance.note(db, event, now)


def duplicate(db: Session, event: Event, organization_id: int, now: datetime) -> Event:
    """A host's own draft with the same words, times and links, and a calendar entry of its own.

    It stays on the initiative's line only for whoever founded the event.
    """
    details = details_of(event)
    if organization_id != event.organization_id:
        details = replace(details, initiative_id=None)
    return _added(db, organization_id, details, now)


def _free_slug(db: Session, title: Translated) -> str:
    """A readable address nobody has; random letters follow where the plain one is taken."""
    plain = slug = slug_of(title.said(title.original).text)
    while db.scalar(select(Event.id).where(Event.slug == slug)) is not None:
        slug = f"{plain}-{secrets.token_hex(3)}"
    return slug
