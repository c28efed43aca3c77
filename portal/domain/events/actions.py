"""Writing events. What a change means for those who signed up is in registrations.consequences."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from portal.content.markdown import html_of
from portal.content.picture_html import Picture
from portal.core import tokens
from portal.core.item_kinds import ItemKind
from portal.domain.events import revisions, rules, search_and_progress
from portal.domain.events.details import Details, check, details_of, join_links_of
from portal.domain.events.models import (
    AttendanceMode,
    Event,
    EventHost,
    EventLanguage,
    EventSeats,
    EventTag,
    JoinLink,
    Status,
)
from portal.domain.events.queries import lock, managed_event
from portal.domain.events.slugs import add_with_slug, free_slug
from portal.domain.organizations.host_invitations import Hosting
from portal.domain.organizations.models import Organization
from portal.domain.organizations.queries import is_suspended
from portal.domain.publishing.images.queries import pictures_of
from portal.domain.publishing.publication import Hiding


def create(db: Session, organization: Organization, details: Details, now: datetime) -> Event:
    """Create a draft of an organisation."""
    check(details)
    return _added(db, organization.id, details, now)


def _added(db: Session, organization_id: int, details: Details, now: datetime) -> Event:
    """Return a new draft at an address of its own."""

    def draft() -> Event:
        event = Event(
            slug=free_slug(db, Event.slug, details.title.source),
            uid=f"{tokens.new_public_id()}@shanyraq",
            sequence=0,
            organization_id=organization_id,
            seats=EventSeats(taken=0, last_queue_number=0),
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
            event.hide(Hiding.SUSPENSION)
        return event

    event = add_with_slug(db, draft)
    search_and_progress.count(db, event)
    return event


def write(
    event: Event, details: Details, now: datetime, pictures: Collection[Picture] = ()
) -> None:
    """Write checked details into an event, whose texts may show `pictures`; count the revision."""
    event.starts_at, event.ends_at = check(details, event.taken)
    event.title, event.summary = details.title, details.summary
    event.description, event.venue = details.description, details.venue
    event.description_html = html_of(details.description, pictures)
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
    present = {tag.tag: tag for tag in event.tags}
    event.tags = [present.get(tag) or EventTag(tag=tag) for tag in sorted(set(details.tags))]
    spoken = {language.language: language for language in event.languages}
    event.languages = []
    for position, language in enumerate(dict.fromkeys(details.languages)):
        row = spoken.get(language) or EventLanguage(language=language)
        row.position = position
        event.languages.append(row)
    if join_links_of(event) != details.given_links:
        event.join_links = [
            JoinLink(position=position, url=link.url, remark=link.remark)
            for position, link in enumerate(details.given_links)
        ]
    event.revision += 1
    event.changed_at = now


def illustrate(db: Session, event: Event) -> None:
    """Show an event's pictures in its description as they are now."""
    lock(db, event)
    pictures = pictures_of(db, ItemKind.EVENT, event.id)
    event.description_html = html_of(event.description, pictures)
    search_and_progress.count(db, event)


def publish(db: Session, event: Event, now: datetime) -> None:
    """Show a draft to its readers; its history begins."""
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
    revisions.record_revision(db, event, now)


def duplicate(db: Session, event: Event, organization_id: int, now: datetime) -> Event:
    """Return a host's own draft with the same words, times and links."""
    details = details_of(event)
    if organization_id != event.organization_id:
        details = replace(details, initiative_id=None)
    return _added(db, organization_id, details, now)


hosting: Final = Hosting(
    Event, EventHost, "event_id", managed_event, lock, revisions.record_revision
)
