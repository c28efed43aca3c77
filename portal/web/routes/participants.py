"""Who takes part in an event, for those who hold it: a page, and files to take along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from portal import dates
from portal.domain.events.queries import managed_event
from portal.domain.letters.queries import undelivered_of
from portal.domain.registrations import queries as registrations
from portal.domain.registrations.models import Registration
from portal.domain.registrations.models import Status as Standing
from portal.domain.registrations.rules import is_held
from portal.i18n import gettext as _
from portal.time_zones import city_of, wall_of
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages
from portal.web.tables import as_file

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.domain.events.models import Event
    from portal.web.visit import Visit

pages = Pages()
STANDINGS = {
    "confirmed": lambda: _("Confirmed"),
    "held": lambda: _("Held until the address is proved"),
    "waitlisted": lambda: _("Waiting list"),
}


class Participant(NamedTuple):
    """A row of the participants' list."""

    name: str
    standing: str
    place: int | None
    is_member: bool
    signed_up: str
    attended: str | None
    undelivered: int


def _participants(visit: Visit, event: Event) -> list[Participant]:
    failed = undelivered_of(visit.db, event.id)
    line = 0
    rows = []
    for registration in registrations.active_of(visit.db, event):
        waits = registration.status == Standing.WAITLISTED
        line += waits
        state = "waitlisted" if waits else "held" if is_held(registration) else "confirmed"
        rows.append(
            Participant(
                registrations.recipient_of(visit.db, registration).name,
                STANDINGS[state](),
                line if waits else None,
                registration.person_id is not None,
                _stamp(event, registration, "registered_at") or "",
                _stamp(event, registration, "attended_at"),
                failed.get(registration.id, 0),
            )
        )
    return rows


def _stamp(event: Event, registration: Registration, name: str) -> str | None:
    instant = getattr(registration, name)
    return dates.stamp(wall_of(instant, event.time_zone)) if instant else None


@pages.get(
    "/organizing/events/{slug}/participants",
    name="participants.index",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
    guarded=True,
)
def participants(visit: Visit, slug: str) -> Response:
    """Who comes; only for those who hold the event."""
    event = managed_event(visit.db, visit.person, slug)
    return visit.page(
        "participants/index.html",
        slug=slug,
        title=event.title.said(),
        rows=_participants(visit, event),
        city=city_of(event.time_zone),
    )


@pages.get(
    "/organizing/events/{slug}/participants.{form}",
    name="participants.file",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
    guarded=True,
)
def participants_file(visit: Visit, slug: str, form: str) -> Response:
    """The participants' list to take along: names as given, no addresses."""
    event = managed_event(visit.db, visit.person, slug)
    header = [
        _("Name"),
        _("State"),
        _("Place in line"),
        _("Account"),
        _("Signed up"),
        _("Opened the room"),
        _("Letters undelivered"),
    ]
    rows: list[list[Any]] = [
        [
            row.name,
            row.standing,
            row.place,
            _("with account") if row.is_member else _("guest"),
            row.signed_up,
            row.attended or "",
            row.undelivered,
        ]
        for row in _participants(visit, event)
    ]
    return as_file(form, f"{slug}-{_('participants')}", header, rows)
