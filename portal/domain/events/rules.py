"""What an event may be and who may do what with it. Pure decisions: no database, no clock."""

from datetime import datetime, timedelta
from typing import Protocol

from portal.core.refusals import Refusal
from portal.domain.events.models import AttendanceMode, Status
from portal.domain.organizations import rules as organizations
from portal.domain.organizations.rules import Roles
from portal.domain.publishing.publication import is_public
from portal.i18n.locale import gettext_lazy as _
from portal.i18n.translated import Translated

# The room opens this long before the start and stays open until the end.
ROOM_OPENS_BEFORE = timedelta(minutes=15)
# Longer undertakings are series of events; lists rely on it to find what is still running.
LONGEST_EVENT = timedelta(days=31)
LONGEST_TITLE = 140
LONGEST_SUMMARY = 300
LONGEST_DESCRIPTION = 20_000
LONGEST_VENUE = 300
LARGEST_CAPACITY = 100_000
LONGEST_FUNDING_NOTE = 300


class Facts(Protocol):
    """What these rules look at; an Event has it and so have the rows of the lists."""

    @property
    def status(self) -> str: ...  # noqa: D102
    @property
    def visibility(self) -> str: ...  # noqa: D102
    @property
    def published_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def starts_at(self) -> datetime: ...  # noqa: D102
    @property
    def ends_at(self) -> datetime: ...  # noqa: D102
    @property
    def attendance_mode(self) -> str: ...  # noqa: D102


class TitleNeededError(Refusal):
    message = _("Write a title in the original language.")


class EndBeforeStartError(Refusal):
    message = _("The end must come after the start.")
    field = "ends"


class TooLongEventError(Refusal):
    message = _("One event lasts 31 days at most. Make a series of events instead.")
    field = "ends"


class CapacityBelowTakenError(Refusal):
    message = _("%(taken)s places are already given. Choose at least that many.")
    field = "capacity"


class VenueNeededError(Refusal):
    message = _("Say where it takes place.")


class FundingNeededError(Refusal):
    message = _("Say who pays for it. “Nobody” is an answer too.")


class AlreadyPublishedError(Refusal):
    message = _("This event is already published.")


class HiddenError(Refusal):
    message = _("The moderators have hidden this event. It cannot be published now.")


class NotOpenToChangeError(Refusal):
    message = _("This event is cancelled. Duplicate it to hold it after all.")


class OverError(Refusal):
    message = _("This event is already over.")


class ChangedMeanwhileError(Refusal):
    message = _(
        "Somebody else has saved this event since you opened it. Your texts are below; "
        "compare them with the page and save again."
    )


def may_edit(roles: Roles) -> bool:
    """Return whether somebody who is this in its hosts changes an event and sees who comes."""
    return any(organizations.may_edit(role) for role in roles)


def may_analyse(roles: Roles) -> bool:
    """Return whether somebody who is this in its hosts reads an event's numbers and feedback."""
    return any(organizations.may_analyse(role) for role in roles)


def may_translate(roles: Roles) -> bool:
    """Return whether somebody with these roles in its hosts translates an event."""
    return any(organizations.may_translate(role) for role in roles)


def may_check_in(roles: Roles) -> bool:
    """Return whether somebody who is this in its hosts stands at an event's door."""
    return any(organizations.may_check_in(role) for role in roles)


def may_see(event: Facts, roles: Roles) -> bool:
    """Return whether somebody who is this in its hosts may see an event."""
    return is_public(event) or (
        bool(roles) if event.published_at is not None else may_translate(roles)
    )


def is_running(event: Facts, now: datetime) -> bool:
    """Return whether it is going on."""
    return event.status == Status.SCHEDULED and event.starts_at <= now < event.ends_at


def is_over(event: Facts, now: datetime) -> bool:
    """Return whether it has ended; a postponed event waits for a new date."""
    return event.status != Status.POSTPONED and now >= event.ends_at


def has_room(event: Facts) -> bool:
    """Return whether people can join it online."""
    return event.attendance_mode != AttendanceMode.OFFLINE


def room_opens_at(event: Facts) -> datetime:
    """Return when the join button starts to work."""
    return event.starts_at - ROOM_OPENS_BEFORE


def is_room_open(event: Facts, now: datetime) -> bool:
    """Return whether the join button works now."""
    return (
        has_room(event)
        and event.status == Status.SCHEDULED
        and room_opens_at(event) <= now < event.ends_at
    )


def check_title(title: Translated) -> None:
    """Raise TitleNeededError if there is no title."""
    if not title.localized(title.original).text:
        raise TitleNeededError(f"title_{title.original}")


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Raise EndBeforeStartError or TooLongEventError for impossible times."""
    if ends_at <= starts_at:
        raise EndBeforeStartError
    if ends_at - starts_at > LONGEST_EVENT:
        raise TooLongEventError


def check_capacity(capacity: int | None, taken: int) -> None:
    """Raise CapacityBelowTakenError if more places are taken."""
    if capacity is not None and capacity < taken:
        raise CapacityBelowTakenError(taken=taken)
