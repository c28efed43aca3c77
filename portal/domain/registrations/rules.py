"""Who gets a place. Pure decisions: no database, no clock."""

from datetime import datetime, timedelta

from portal.core.refusals import Refusal
from portal.domain.events.models import Event
from portal.domain.events.models import Status as EventStatus
from portal.domain.events.rules import Facts, is_over, is_room_open
from portal.domain.registrations.models import Registration, Status
from portal.i18n.locale import gettext_lazy as _

# How long a guest's place is held for the address to be proved.
HELD_FOR = timedelta(hours=24)
# The same address asking again gets another email, but not more often than this.
EMAIL_AGAIN_AFTER = timedelta(minutes=5)
# Links in emails open the pass until the data behind it goes (retention).
RETENTION_AFTER_EVENT = timedelta(days=30)
# Who took a list of participants is known for as long as one may have to be answered for.
EXPORT_RETENTION = timedelta(days=365)
FEEDBACK_CLOSES_AFTER = timedelta(days=14)
CHECK_IN_OPENS_BEFORE = timedelta(hours=12)
CHECK_IN_CLOSES_AFTER = timedelta(hours=24)


class EventOverError(Refusal):
    message = _("This event is over. Have a look at what comes next.")


class EventCancelledError(Refusal):
    message = _("This event was cancelled, so nobody can sign up for it.")


class NotPublishedError(Refusal):
    message = _("This event is not published yet.")


class NotRegisteredError(Refusal):
    message = _("You have no place at this event any more. You can sign up again.")


class HoldRunOutError(Refusal):
    message = _("Your place was held for 24 hours and has gone to the next person. Sign up again.")


class RoomClosedError(Refusal):
    message = _("The room is not open now. It opens 15 minutes before the start.")


class WaitingError(Refusal):
    message = _("You are on the waiting list. We write to you as soon as a place is free.")


class NotConfirmedError(Refusal):
    message = _("Confirm your place first; the button is on this page.")


class FeedbackClosedError(Refusal):
    message = _("Feedback can be given from the end of the event for 14 days.")


class CheckInClosedError(Refusal):
    message = _("People are marked as here from twelve hours before the start until a day after.")


class GaveBackError(Refusal):
    message = _("This person no longer has a confirmed place.")


class AlreadyAnsweredError(Refusal):
    message = _("You have already answered. Thank you!")


def check_can_register(event: Event, now: datetime) -> None:
    """Raise NotPublishedError, EventCancelledError or EventOverError."""
    if event.published_at is None:
        raise NotPublishedError
    if event.status == EventStatus.CANCELLED:
        raise EventCancelledError
    if is_over(event, now):
        raise EventOverError


def is_open(event: Facts, now: datetime) -> bool:
    """Return whether the sign-up form is shown."""
    return (
        event.published_at is not None
        and event.status != EventStatus.CANCELLED
        and not is_over(event, now)
    )


def status_for(event: Event, *, has_waiting: bool) -> Status:
    """Return a place if one is free and nobody waits for it."""
    free = event.capacity is None or event.taken < event.capacity
    return Status.CONFIRMED if free and not has_waiting else Status.WAITLISTED


def is_active(registration: Registration) -> bool:
    """Return whether it holds a place or a place in line."""
    return registration.status != Status.CANCELLED


def is_held(registration: Registration) -> bool:
    """Return whether the guest still has to prove the address."""
    return is_active(registration) and registration.held_until is not None


def check_active(registration: Registration, now: datetime) -> None:
    """Raise NotRegisteredError, or HoldRunOutError where the hold has ended."""
    if not is_active(registration):
        # A place that ran out keeps its hold's end; one given back does not.
        raise HoldRunOutError if registration.held_until is not None else NotRegisteredError
    if registration.held_until is not None and registration.held_until <= now:
        raise HoldRunOutError


def check_can_confirm(event: Event, registration: Registration, now: datetime) -> None:
    """Raise why a guest's place cannot be kept any more, if so; what is kept stays kept."""
    check_active(registration, now)
    if registration.held_until is not None:
        check_can_register(event, now)


def check_can_cancel(event: Event, registration: Registration, now: datetime) -> None:
    """Raise why there is nothing to give back: no place any more, or an event that is over."""
    check_active(registration, now)
    if is_over(event, now):
        raise EventOverError


def check_can_join(event: Event, registration: Registration, now: datetime) -> None:
    """Raise the reason why the room stays closed to this pass, if any."""
    check_active(registration, now)
    if event.status == EventStatus.CANCELLED:
        raise EventCancelledError
    if registration.status == Status.WAITLISTED:
        raise WaitingError
    if registration.held_until is not None:
        raise NotConfirmedError
    if not is_room_open(event, now):
        raise RoomClosedError


def is_expected(registration: Registration) -> bool:
    """Return whether this person is expected."""
    return registration.status == Status.CONFIRMED and registration.held_until is None


def check_check_in_open(event: Facts, now: datetime) -> None:
    """Raise EventCancelledError or DoorClosedError unless people can be checked in."""
    if event.status == EventStatus.CANCELLED:
        raise EventCancelledError
    if not event.starts_at - CHECK_IN_OPENS_BEFORE <= now < event.ends_at + CHECK_IN_CLOSES_AFTER:
        raise CheckInClosedError


def may_answer(event: Facts, registration: Registration, now: datetime) -> bool:
    """Return whether the feedback form is open to this pass."""
    return (
        event.status == EventStatus.SCHEDULED
        and registration.status == Status.CONFIRMED
        and registration.held_until is None
        and not registration.has_answered
        and event.ends_at <= now < event.ends_at + FEEDBACK_CLOSES_AFTER
    )


def check_can_answer(event: Event, registration: Registration, now: datetime) -> None:
    """Raise AlreadyAnsweredError, FeedbackClosedError or NotRegisteredError."""
    if registration.has_answered:
        raise AlreadyAnsweredError
    check_active(registration, now)
    if not may_answer(event, registration, now):
        raise FeedbackClosedError
