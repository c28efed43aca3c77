"""A pass as its holder sees it: the door to it, and its page."""

from datetime import datetime

from starlette.responses import Response

from portal.core.refusals import NotFoundError, Refusal
from portal.core.time_zones import wall_of
from portal.domain.events import rules as event_rules
from portal.domain.events.models import AttendanceMode, Event
from portal.domain.events.models import Status as EventStatus
from portal.domain.events.queries import EVENT_ROWS, EventRow, fetch_event_rows
from portal.domain.registrations import queries, rules
from portal.domain.registrations.models import Status
from portal.domain.registrations.queries import Pass
from portal.i18n import dates
from portal.web.components.event_cards import hosts_line, reservations, state_tags
from portal.web.components.labels import MODES
from portal.web.components.times import event_hours
from portal.web.http import Context, render
from portal.web.http.policies import SignInNeededError


def open_pass(ctx: Context, key: str) -> Pass:
    """Return the pass for its holder; a member who is not signed in is asked to."""
    try:
        return queries.pass_for(ctx.db, ctx.user, key, ctx.now)
    except NotFoundError:
        if ctx.user is None and queries.is_a_members(ctx.db, key):
            raise SignInNeededError from None
        raise


def pass_event(ctx: Context, event: Event) -> EventRow:
    """Return a pass's event, whoever may see its public page."""
    return fetch_event_rows(ctx.db, EVENT_ROWS.where(Event.id == event.id))[0]


def pass_page(ctx: Context, key: str, own_pass: Pass, refusal: Refusal | None = None) -> Response:
    """Return the pass as it stands; with a refusal, it says what went wrong and what to do."""
    registration, now = own_pass.registration, ctx.now
    event = pass_event(ctx, own_pass.event)
    recipient = queries.recipient_of(ctx.db, registration)
    zone = ctx.chosen_zone or recipient.time_zone
    hours = event_hours(event.starts_at, event.time_zone, zone)
    starts = wall_of(event.starts_at, zone or event.time_zone)
    opens_at = event_rules.room_opens_at(event)
    is_waiting = registration.status == Status.WAITLISTED
    lapsed = registration.held_until is not None and registration.held_until <= now
    is_active = rules.is_active(registration) and not lapsed
    is_unproved, is_open = rules.is_held(registration) and not lapsed, rules.is_open(event, now)
    return render(
        ctx,
        "registrations/pass.html",
        409 if refusal else 200,
        key=key,
        event=event,
        title=event.title.localized(),
        organization=hosts_line(event),
        name=recipient.name,
        refusal=refusal and refusal.localized(),
        is_active=is_active,
        has_lapsed=lapsed,
        is_held=is_unproved and is_open,
        is_too_late=is_unproved and not is_open,
        held_until=_stamp(registration.held_until, zone or event.time_zone),
        is_waiting=is_waiting,
        place_in_line=queries.place_in_line(ctx.db, registration) if is_waiting else None,
        is_member=recipient.is_member,
        has_address=recipient.address is not None,
        wants_reminders=registration.wants_reminders,
        is_discreet=recipient.is_discreet,
        has_answered=registration.has_answered,
        may_answer=rules.may_answer(event, registration, now),
        is_over=event_rules.is_over(event, now),
        is_running=event_rules.is_running(event, now),
        is_cancelled=event.status == EventStatus.CANCELLED,
        is_postponed=event.status == EventStatus.POSTPONED,
        has_room=event_rules.has_room(event),
        is_room_open=event_rules.is_room_open(event, now),
        opens_hour=dates.hour(wall_of(opens_at, zone or event.time_zone)),
        opens_at=opens_at.isoformat() if opens_at > now else None,
        starts_in=dates.relative(event.starts_at, now),
        hours=hours,
        day=dates.full(starts.date()),
        mode=MODES[AttendanceMode(event.attendance_mode)],
        venue=event.venue.localized() if event.attendance_mode != AttendanceMode.ONLINE else None,
        # The ticket of whoever has a place, or waits for one, says itself where the event stands.
        tags=reservations(event, now) if is_active else state_tags(event, now),
    )


def _stamp(instant: datetime | None, zone: str) -> str | None:
    return dates.stamp(wall_of(instant, zone)) if instant else None
