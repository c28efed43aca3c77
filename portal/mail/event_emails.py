"""Writes an email when its turn comes, in the recipient's language and on the recipient's clock."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from sqlalchemy.orm import Session

from portal.config.settings import Settings
from portal.content.defang import defang
from portal.core.urls import Links
from portal.domain.accounts.people.rules import LONGEST_NAME, AddressUnfitError
from portal.domain.emails.models import Email, EmailKind
from portal.domain.events.icalendar import Method, calendar_of
from portal.domain.events.link_safety import unlinked
from portal.domain.events.models import AttendanceMode, Event
from portal.domain.events.models import Status as EventStatus
from portal.domain.events.queries import EVENT_ROWS, EventRow, fetch_event_rows
from portal.domain.events.rules import has_room
from portal.domain.registrations.actions import new_pass_token
from portal.domain.registrations.models import Registration, Status
from portal.domain.registrations.queries import Recipient, place_in_line, recipient_of
from portal.domain.registrations.rules import FEEDBACK_CLOSES_AFTER
from portal.domain.script_corrections.queries import use_corrections
from portal.i18n import dates
from portal.i18n.locale import current_language, language_of, match_tag, use_locale
from portal.i18n.script_output import as_typed, convert, protect
from portal.i18n.translated import LocalizedText, Translated
from portal.mail.discreet import discreet_email
from portal.mail.envelope import Calendar, Content, seal_up
from portal.mail.relevance import current_changes, is_worth_sending
from portal.mail.subjects import (
    button_of,
    event_hours,
    moment,
    site_name,
    subject_of,
    subject_of_change,
    subject_of_reminder,
)
from portal.templating.environment import render

_FACTS_IN_CALENDARS = {"time", "place", "attendance"}


@dataclass(frozen=True)
class _Matter:
    """What an email is about."""

    email: Email
    registration: Registration
    event: Event
    event_row: EventRow
    recipient: Recipient
    language: str
    changes: list[str]

    @property
    def kind(self) -> EmailKind:
        return EmailKind(self.email.kind)

    @property
    def is_postponed(self) -> bool:
        return self.event.status == EventStatus.POSTPONED


def compose(
    db: Session, email: Email, links: Links, settings: Settings, now: datetime
) -> EmailMessage | None:
    """Return the email as it is true now, or None to drop it; write a guest's link's token."""
    registration = db.get_one(Registration, email.registration_id)
    event = db.get_one(Event, registration.event_id)
    if not is_worth_sending(email, registration, event, now):
        return None
    recipient = recipient_of(db, registration)
    if recipient.address is None:
        return None
    matter = _Matter(
        email=email,
        registration=registration,
        event=event,
        event_row=fetch_event_rows(db, EVENT_ROWS.where(Event.id == event.id))[0],
        recipient=recipient,
        language=match_tag(recipient.language),
        changes=current_changes(email, event),
    )
    with use_locale(matter.language):
        use_corrections(db)
        content = _content(db, matter, links, settings, now)
    try:
        # The public id makes the name unguessable and unique, even if ids begin anew.
        name = f"{email.id} {registration.public_id}"
        return seal_up(content, recipient.address, name, settings, now)
    except AddressUnfitError:
        return None


def _content(
    db: Session, matter: _Matter, links: Links, settings: Settings, now: datetime
) -> Content:
    event, language = matter.event, matter.language
    key = (
        matter.registration.public_id
        if matter.recipient.is_member
        else new_pass_token(db, matter.registration)
    )
    pass_url = links.absolute("passes.show", language, key=key)
    event_url = links.absolute("events.show", language, slug=event.slug)
    button_urls = {
        EmailKind.CANCELLED: event_url,
        EmailKind.FEEDBACK: links.absolute("feedback.new", language, key=key),
    }
    button_urls[EmailKind.FEEDBACK_AGAIN] = button_urls[EmailKind.FEEDBACK]
    title, organization = _shortened(event.title), _shortened(matter.event_row.organization_name)
    name_of_site = site_name(db, settings)
    calendar = _calendar(matter, links, settings, now)
    if matter.recipient.is_discreet:
        name = _name(matter.recipient.name)
        return discreet_email(name, pass_url, calendar, settings, language)
    subject = _subject(matter, title.text, now)
    context = {
        "language": language_of(language),
        "subject": subject,
        "site_name": name_of_site,
        "home_url": links.absolute("home", language),
        "name": _name(matter.recipient.name),
        "title": title,
        "hosts": _hosts(matter.event_row),
        "event_url": event_url,
        "pass_url": pass_url,
        "button": button_of(matter.kind),
        "button_url": button_urls.get(matter.kind, pass_url),
        "has_calendar": calendar is not None,
        **_facts(db, matter),
    }
    email = f"emails/{matter.kind.value}"
    return Content(
        subject=convert(subject),
        sender_name=convert(f"{organization.text} · {name_of_site}"),
        language=language,
        text=render(f"{email}.txt", **context),
        html=render(f"{email}.html", **context),
        unsubscribe_url=pass_url,
        calendar=calendar,
    )


def _subject(matter: _Matter, title: str, now: datetime) -> str:
    if matter.kind is EmailKind.CHANGED:
        return subject_of_change(matter.changes, title)
    if matter.kind in {EmailKind.REMINDER_DAY, EmailKind.REMINDER_HOUR}:
        return subject_of_reminder(matter.event, title, matter.recipient.time_zone, now)
    return subject_of(matter.kind, title)


def _facts(db: Session, matter: _Matter) -> dict[str, Any]:
    """Return what the templates say about event and place, decided here."""
    event, registration = matter.event, matter.registration
    zone = matter.recipient.time_zone
    is_waitlisted = registration.status == Status.WAITLISTED
    mode = AttendanceMode(event.attendance_mode)
    held_until = registration.held_until
    return {
        "hours": []
        if matter.is_postponed
        else event_hours(event.starts_at, event.ends_at, zone, event.time_zone),
        "is_postponed": matter.is_postponed,
        "has_room": has_room(event),
        "mode": mode.value,
        "venue": _shortened(event.venue, 300) if mode is not AttendanceMode.ONLINE else None,
        "position": place_in_line(db, registration) if is_waitlisted else None,
        "held_until": moment(held_until, zone, event.time_zone) if held_until else None,
        "changes": matter.changes,
        "feedback_until": moment(event.ends_at + FEEDBACK_CLOSES_AFTER, zone, event.time_zone),
    }


def _calendar(matter: _Matter, links: Links, settings: Settings, now: datetime) -> Calendar | None:
    """Return the calendar file for a place, where the email changes what a calendar shows."""
    registration = matter.registration
    if registration.status != Status.CONFIRMED or registration.held_until is not None:
        return None
    is_news = matter.kind in {EmailKind.CONFIRMED, EmailKind.PROMOTED} or (
        matter.kind is EmailKind.CHANGED and _FACTS_IN_CALENDARS.intersection(matter.changes)
    )
    if matter.kind is EmailKind.CANCELLED:
        method: Method = "CANCEL"
    elif is_news and not matter.is_postponed:
        method = "PUBLISH"
    else:
        return None
    content = calendar_of(
        [unlinked(matter.event_row, now)],
        name="",  # a file for once, not a calendar to subscribe to
        event_url=lambda slug: links.absolute("events.show", matter.language, slug=slug),
        method=method,
        organizer_address=settings.sender,
        is_discreet=matter.recipient.is_discreet,
    )
    return Calendar(content, method)


def _shortened(text: Translated, max_length: int = 140) -> LocalizedText:
    said = text.localized()
    return LocalizedText(protect(defang(said.text, max_length), said.language), said.language)


def _hosts(event: EventRow) -> LocalizedText:
    """Return who holds it, in one line."""
    names = [_shortened(host.name) for host in event.hosts]
    if len(names) == 1:
        return names[0]
    return LocalizedText(dates.listed(name.text for name in names), current_language.get())


def _name(name: str) -> str | None:
    """Return how to greet somebody; nobody is greeted as a dash."""
    return as_typed(defang(name, LONGEST_NAME)) if any(c.isalnum() for c in name) else None
