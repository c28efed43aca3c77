"""Signing up: one click for members, name and address for guests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.events.locking import event_with_places
from portal.domain.events.page import event_page as event_page_for
from portal.domain.registrations import actions
from portal.domain.registrations.rules import EventCancelledError, EventOverError
from portal.places import Band
from portal.refusals import Refusal
from portal.web.forms import Form
from portal.web.policies import Cache, Policy
from portal.web.rate_limits import Limit
from portal.web.routes.events import GuestFields, event_page
from portal.web.routing import Pages

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.web.visit import Visit

pages = Pages()


@pages.post(
    "/events/{slug}/registration", name="registrations.create", policy=Policy.ANYONE, crowded=True
)
def create(visit: Visit, slug: str) -> Response:
    """A place or a place in line; the answer to a guest is the same whoever it is."""
    event = event_with_places(visit.db, visit.visitor, slug)
    form = Form(GuestFields, visit.submitted)
    try:
        if visit.visitor is not None:
            mine = actions.register_member(visit.db, visit.person, event, visit.now)
            return visit.go("passes.show", key=mine.public_id)
        if form.fields:
            visit.limit(Limit.SIGN_UP, form.fields.email)
            guest = actions.Guest(form.fields.name, form.fields.email, visit.tag, visit.chosen_zone)
            actions.register_guest(visit.db, guest, event, visit.now)
            return visit.go("registrations.sent", slug=slug)
    except (EventOverError, EventCancelledError) as refusal:
        return event_page(visit, slug, form, refusal, 409)
    except Refusal as refusal:
        form.refuse(refusal)
    return event_page(visit, slug, form, status=422)


@pages.get(
    "/events/{slug}/registration",
    name="registrations.sent",
    policy=Policy.ANYONE,
    cache=Cache.PRIVATE,
)
def sent(visit: Visit, slug: str) -> Response:
    """Look into your mailbox."""
    event, _words = event_page_for(visit.db, visit.visitor, slug)
    return visit.page(
        "registrations/sent.html",
        title=event.title.said(),
        event_url=visit.url("events.show", slug=slug),
        is_full=event.places is Band.FULL,
    )
