"""The pass: a registration's private page, with the way into the room."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal import dates
from portal.domain.accounts.actions import erase_pass
from portal.domain.accounts.holdings import holdings_of_pass
from portal.domain.events import queries as events
from portal.domain.events import rules as event_rules
from portal.domain.events.details import join_links_of
from portal.domain.events.models import AttendanceMode, Event
from portal.domain.events.models import Status as EventStatus
from portal.domain.events.queries import SHOWN, Shown, shown
from portal.domain.registrations import actions, queries, rules
from portal.domain.registrations.models import Status
from portal.refusals import NotFoundError, Refusal
from portal.time_zones import wall_of
from portal.web.archive import archive_of
from portal.web.cards import MODES, card_of, hosts_line, reservations, state_tags
from portal.web.files import calendar_file
from portal.web.hours import hours_of
from portal.web.policies import Cache, Policy, SignInNeededError
from portal.web.routing import Pages

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.responses import Response

    from portal.domain.registrations.queries import Pass
    from portal.translated import Said
    from portal.web.visit import Visit

pages = Pages()


def open_pass(visit: Visit, key: str) -> Pass:
    """The pass for its holder; a member who is not signed in is asked to."""
    try:
        return queries.pass_for(visit.db, visit.visitor, key, visit.now)
    except NotFoundError:
        if visit.visitor is None and queries.is_a_members(visit.db, key):
            raise SignInNeededError from None
        raise


def shown_event(visit: Visit, event: Event) -> Shown:
    """The columns of a pass's event, whoever may see its public page."""
    return shown(visit.db, SHOWN.where(Event.id == event.id))[0]


@pages.get("/passes", name="passes.index", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE)
def index(visit: Visit) -> Response:
    """All that a member has signed up for."""
    mine = queries.upcoming_of(visit.db, visit.person, visit.now)
    by_id = {
        event.id: event
        for event in shown(visit.db, SHOWN.where(Event.id.in_([row[2] for row in mine])))
    }
    rows = [
        (visit.url("passes.show", key=public_id), by_id[event_id], status)
        for public_id, status, event_id in mine
    ]
    cards = [card_of(visit, event, status)._replace(url=url) for url, event, status in rows]
    over = [event_rules.is_over(event, visit.now) for _url, event, _status in rows]
    coming = [card for card, is_past in zip(cards, over, strict=True) if not is_past]
    past = [card for card, is_past in zip(cards, over, strict=True) if is_past]
    return visit.page("passes/index.html", coming=coming, past=past[::-1])


@pages.get("/passes/{key}", name="passes.show", policy=Policy.PASS_HOLDER, cache=Cache.PRIVATE)
def show(visit: Visit, key: str) -> Response:
    """The pass."""
    return pass_page(visit, key, open_pass(visit, key))


def pass_page(visit: Visit, key: str, held: Pass, refusal: Refusal | None = None) -> Response:
    """The pass as it stands; with a refusal, it says what went wrong and what to do."""
    registration, now = held.registration, visit.now
    event = shown_event(visit, held.event)
    recipient = queries.recipient_of(visit.db, registration)
    zone = visit.chosen_zone or recipient.time_zone
    hours = hours_of(event.starts_at, event.time_zone, zone)
    starts = wall_of(event.starts_at, zone or event.time_zone)
    opens_at = event_rules.room_opens_at(event)
    is_waiting = registration.status == Status.WAITLISTED
    lapsed = registration.held_until is not None and registration.held_until <= now
    is_active = rules.is_active(registration) and not lapsed
    is_unproved, is_open = rules.is_held(registration) and not lapsed, rules.is_open(event, now)
    return visit.page(
        "passes/show.html",
        409 if refusal else 200,
        key=key,
        event=event,
        title=event.title.said(),
        organization=hosts_line(event),
        name=recipient.name,
        refusal=refusal and refusal.said(),
        is_active=is_active,
        has_lapsed=lapsed,
        is_held=is_unproved and is_open,
        is_too_late=is_unproved and not is_open,
        held_until=_stamp(registration.held_until, zone or event.time_zone),
        is_waiting=is_waiting,
        place_in_line=queries.place_in_line(visit.db, registration) if is_waiting else None,
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
        venue=event.venue.said() if event.attendance_mode != AttendanceMode.ONLINE else None,
        # The ticket of whoever has a place, or waits for one, says itself where the event stands.
        tags=reservations(event, now) if is_active else state_tags(event, now),
    )


def _stamp(instant: datetime | None, zone: str) -> str | None:
    return dates.stamp(wall_of(instant, zone)) if instant else None


@pages.post("/passes/{key}/confirmation", name="passes.confirm", policy=Policy.PASS_HOLDER)
def confirm(visit: Visit, key: str) -> Response:
    """The button that proves a guest's address."""
    held = open_pass(visit, key)
    try:
        actions.confirm(visit.db, held, visit.now)
    except Refusal as refusal:
        return pass_page(visit, key, held, refusal)
    return visit.go("passes.show", key=key)


@pages.post("/passes/{key}/cancellation", name="passes.cancel", policy=Policy.PASS_HOLDER)
def cancel(visit: Visit, key: str) -> Response:
    """Gives the place back."""
    held = open_pass(visit, key)
    try:
        actions.cancel(visit.db, held, visit.now)
    except Refusal as refusal:
        return pass_page(visit, key, held, refusal)
    return visit.go("passes.show", key=key)


@pages.post("/passes/{key}/reminders", name="passes.reminders", policy=Policy.PASS_HOLDER)
def reminders(visit: Visit, key: str) -> Response:
    """Turns reminders off and on."""
    held = open_pass(visit, key)
    wanted = visit.submitted is not None and visit.submitted.get("wanted") == "yes"
    actions.want_reminders(visit.db, held, wanted=wanted)
    return visit.go("passes.show", key=key)


@pages.post("/passes/{key}/discretion", name="passes.discretion", policy=Policy.PASS_HOLDER)
def discretion(visit: Visit, key: str) -> Response:
    """Turns discreet letters on and off for a guest; a member's profile decides for all."""
    held = open_pass(visit, key)
    wanted = visit.submitted is not None and visit.submitted.get("wanted") == "yes"
    actions.be_discreet(visit.db, held, wanted=wanted)
    return visit.go("passes.show", key=key)


@pages.post("/passes/{key}/data", name="passes.archive", policy=Policy.PASS_HOLDER)
def archive(visit: Visit, key: str) -> Response:
    """Everything we hold about this sign-up, in this answer and nowhere else."""
    return archive_of(visit, holdings_of_pass(visit.db, open_pass(visit, key)))


@pages.post("/passes/{key}/deletion", name="passes.erase", policy=Policy.PASS_HOLDER)
def erase(visit: Visit, key: str) -> Response:
    """Deletes the sign-up at once; the pass opens nothing any more."""
    erase_pass(visit.db, open_pass(visit, key), visit.now)
    return visit.go("passes.erased")


@pages.get("/sign-up-deleted", name="passes.erased", policy=Policy.ANYONE, cache=Cache.PRIVATE)
def erased(visit: Visit) -> Response:
    """Goodbye."""
    return visit.page("passes/erased.html")


@pages.post("/passes/{key}/attendance", name="passes.join", policy=Policy.PASS_HOLDER)
def join(visit: Visit, key: str) -> Response:
    """The join button."""
    held = open_pass(visit, key)
    try:
        actions.join(visit.db, held, visit.now)
    except Refusal as refusal:
        return pass_page(visit, key, held, refusal)
    return visit.go("passes.room", key=key)


class Door(NamedTuple):
    """A link into the online room."""

    url: str
    host: str
    remark: Said


@pages.get("/passes/{key}/room", name="passes.room", policy=Policy.PASS_HOLDER, cache=Cache.PRIVATE)
def room(visit: Visit, key: str) -> Response:
    """The links into the room, to whoever has pressed the join button."""
    held = open_pass(visit, key)
    try:
        rules.check_can_join(held.event, held.registration, visit.now)
    except Refusal as refusal:
        return pass_page(visit, key, held, refusal)
    if held.registration.attended_at is None:
        return visit.go("passes.show", key=key)
    links = join_links_of(events.with_join_links(visit.db, held.event))
    doors = [Door(link.url, link.url.split("/")[2], link.remark.said()) for link in links]
    return visit.page("passes/room.html", key=key, title=held.event.title.said(), doors=doors)


@pages.get(
    "/passes/{key}/event.ics", name="passes.file", policy=Policy.PASS_HOLDER, cache=Cache.PRIVATE
)
def file(visit: Visit, key: str) -> Response:
    """The event for the holder's calendar; it names neither the holder nor the room."""
    held = open_pass(visit, key)
    event = shown_event(visit, held.event)
    is_discreet = queries.recipient_of(visit.db, held.registration).is_discreet
    name = "event" if is_discreet else event.slug
    return calendar_file(visit, [event], name, is_discreet=is_discreet)
