"""Whether an email is still true and of use when its turn comes. Pure decisions."""

from datetime import datetime

from portal.domain.emails.models import Email, EmailKind
from portal.domain.events.models import Event
from portal.domain.events.models import Status as EventStatus
from portal.domain.events.rules import is_over
from portal.domain.registrations.models import Registration, Status
from portal.domain.registrations.reminders import BEFORE
from portal.domain.registrations.rules import is_active, is_open, may_answer


def is_worth_sending(email: Email, registration: Registration, event: Event, now: datetime) -> bool:
    """Return False for an email that would say what no longer holds or is wanted."""
    if not is_active(registration) or has_run_out(registration, now):
        return False
    kind, is_proved = EmailKind(email.kind), registration.held_until is None
    has_place = registration.status == Status.CONFIRMED
    match kind:
        case EmailKind.CONFIRM:
            is_true = is_open(event, now) and not is_proved
        case EmailKind.CONFIRMED:
            is_true = is_open(event, now) and is_proved and has_place
        case EmailKind.WAITLISTED:
            is_true = is_open(event, now) and is_proved and not has_place
        case EmailKind.PROMOTED:
            is_true = is_open(event, now) and has_place
        case EmailKind.REMINDER_DAY | EmailKind.REMINDER_HOUR:
            is_true = (
                registration.wants_reminders
                and is_proved
                and has_place
                and event.status == EventStatus.SCHEDULED
                and event.hidden_for is None
                and email.speaks_of == event.starts_at
                and event.starts_at - now > BEFORE[kind][1]
            )
        case EmailKind.CHANGED:
            is_seen = event.hidden_for is None
            is_true = is_seen and is_open(event, now) and bool(current_changes(email, event))
        case EmailKind.CANCELLED:
            is_true = event.status == EventStatus.CANCELLED and not is_over(event, now)
        case EmailKind.FEEDBACK | EmailKind.FEEDBACK_AGAIN:
            is_true = registration.wants_reminders and may_answer(event, registration, now)
    return is_true


def has_run_out(registration: Registration, now: datetime) -> bool:
    """Return whether the guest has let the time for proving the address go by."""
    return registration.held_until is not None and registration.held_until <= now


def current_changes(email: Email, event: Event) -> list[str]:
    """Return what an email about a change still has to tell: no time of a postponed event."""
    untrue = "time" if event.status == EventStatus.POSTPONED else "postponed"
    return [fact for fact in email.payload.get("changed", ()) if fact != untrue]
