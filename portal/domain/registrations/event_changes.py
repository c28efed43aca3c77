"""What a change of an event means for those who signed up: places, and emails about it."""

from datetime import datetime
from typing import TypeAlias

from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.domain.emails.actions import Change, Owed, notify_change, queue_all
from portal.domain.emails.models import Email, EmailKind
from portal.domain.emails.queries import event_change_emails
from portal.domain.emails.rules import check_pace
from portal.domain.events import actions as events
from portal.domain.events import revisions, search_and_progress
from portal.domain.events.actions import hosting
from portal.domain.events.details import Details, check, details_of
from portal.domain.events.models import AttendanceMode, Event, EventHost, Status
from portal.domain.events.queries import lock, lock_by_id
from portal.domain.events.rules import (
    ChangedMeanwhileError,
    NotOpenToChangeError,
    OverError,
    is_over,
)
from portal.domain.publishing.images.queries import pictures_of
from portal.domain.registrations import queries
from portal.domain.registrations.seats import promote

Audience: TypeAlias = dict[int, list[Email]]


# Facts whose change people who signed up must hear of, and how an email names them.
_NOTIFIED = ("time", "place", "attendance", "links")


def change_event(
    db: Session,
    event: Event,
    details: Details,
    revision: int,
    now: datetime,
    *,
    is_small_fix: bool = False,
) -> None:
    """Save an organiser's edit; a raised capacity promotes, a moved event is announced.

    Raises ChangedMeanwhileError if somebody saved since `revision`, and what events.actions.check
    refuses. SEQUENCE rises with every change that calendars show; UID stays.
    """
    lock(db, event)
    if event.revision != revision:
        raise ChangedMeanwhileError
    if event.status == Status.CANCELLED:
        raise NotOpenToChangeError
    before = details_of(event)
    starts_at, ends_at = check(details, event.taken)
    changed = {
        "time": (event.starts_at, event.ends_at) != (starts_at, ends_at),
        "place": before.venue != details.venue,
        "attendance": before.attendance_mode != details.attendance_mode,
        "links": details.attendance_mode is not AttendanceMode.OFFLINE
        and before.join_links != details.given_links,
    }
    changed_facts = tuple(fact for fact in _NOTIFIED if changed[fact])
    is_undated = event.status == Status.POSTPONED and not changed["time"]
    is_news = bool(changed_facts) and (now < ends_at or is_undated) and not _is_silent(event)
    audience = _audience(db, event, now) if is_news else {}
    events.write(event, details, now, pictures_of(db, ItemKind.EVENT, event.id))
    search_and_progress.count(db, event)
    if event.status == Status.POSTPONED and changed["time"]:
        event.status = Status.SCHEDULED.value
    calendar_sees = (
        changed["time"]
        or changed["place"]
        or changed["attendance"]
        or before.title != details.title
        or before.summary != details.summary
    )
    event.sequence += calendar_sees
    revisions.record_revision(db, event, now, is_small_fix=is_small_fix)
    db.flush()
    promote(db, event, now)
    notify_change(db, audience, Change(_revision(event), changed_facts), now)


def postpone(db: Session, event: Event, now: datetime) -> None:
    """Take the date back for now; places stay with their people until a new date is set."""
    lock(db, event)
    audience = {} if _is_silent(event) else _audience(db, event, now)
    _stop(db, event, Status.POSTPONED, now)
    notify_change(db, audience, Change(_revision(event), ("postponed",)), now)


def cancel_event(db: Session, event: Event, now: datetime) -> None:
    """Call the event off, and tell everybody who signed up."""
    _stop(db, event, Status.CANCELLED, now)
    occasion = _revision(event)
    people = queries.active_of(db, event)
    queue_all(db, [Owed(each, EmailKind.CANCELLED, occasion) for each in people], now)


def join_hosts(db: Session, host: EventHost, now: datetime) -> None:
    """Accept an invitation to host an event; who signed up is told once of each host."""
    event = lock_by_id(db, host.event_id)
    is_news = not is_over(event, now) and not _is_silent(event)
    audience = _audience(db, event, now) if is_news else {}
    hosting.accept(db, host, now)
    notify_change(db, audience, Change(f"host {host.organization_id}", ("hosts",)), now)


def _stop(db: Session, event: Event, status: Status, now: datetime) -> None:
    lock(db, event)
    if event.status in {Status.CANCELLED, status}:
        raise NotOpenToChangeError
    if is_over(event, now):
        raise OverError
    event.status = status.value
    event.sequence += 1
    event.revision += 1
    event.changed_at = now
    revisions.record_revision(db, event, now)


def _is_silent(event: Event) -> bool:
    """Return whether nobody hears of changes: of what moderators hid, only of its end."""
    return event.published_at is None or event.hidden_for is not None


def _revision(event: Event) -> str:
    return f"revision {event.revision}"


def _audience(db: Session, event: Event, now: datetime) -> Audience:
    """Everybody with a place or in line, with the emails about changes that they had before.

    Raises UpdateLimitError for the sake of one of them; asked before anything is changed, so that
    the page that says so shows the event as it is.
    """
    changed_facts = event_change_emails(db, event.id)
    audience = {each: changed_facts.get(each, []) for each in queries.active_of(db, event)}
    for letters in audience.values():
        check_pace(letters, now)
    return audience
