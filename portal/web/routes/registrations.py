"""Signing up: one click for members, name and address for guests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import clock
from portal.domain.events.page import event_page as event_page_for
from portal.domain.registrations.newcomers import Guest, guest
from portal.domain.registrations.rules import EventCancelledError, EventOverError
from portal.domain.registrations.wishes import Wish, sign_up_all
from portal.places import Band
from portal.refusals import NotFoundError, Refusal
from portal.sealing import seal_of
from portal.web.forms import Form
from portal.web.policies import Cache, Policy
from portal.web.rate_limits import Limit
from portal.web.routes.events import event_page
from portal.web.routing import Pages
from portal.web.sign_up_panel import GuestFields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session
    from starlette.responses import Response

    from portal.domain.registrations.wishes import Decision
    from portal.web.visit import Visit

pages = Pages()


def _decide(db: Session, wishes: Sequence[Wish], slug: str) -> Sequence[Decision]:
    return sign_up_all(db, slug, wishes, clock.now())


def _tell(visit: Visit, slug: str, decision: Decision) -> Response:
    """A guest is told the same whoever it is, a member of the pass (by its public id)."""
    if isinstance(decision, NotFoundError):
        raise decision
    form = Form(GuestFields, visit.submitted)
    if isinstance(decision, (EventOverError, EventCancelledError)):
        return event_page(visit, slug, form, decision, 409)
    if isinstance(decision, Refusal):
        form.refuse(decision)
        return event_page(visit, slug, form, status=422)
    if visit.visitor is None:
        return visit.go("registrations.sent", slug=slug)
    return visit.go("passes.show", key=decision)


@pages.crowded(
    "/events/{slug}/registration",
    name="registrations.create",
    policy=Policy.ANYONE,
    decide=_decide,
    tell=_tell,
)
def create(visit: Visit, slug: str) -> Wish | Response:
    """A place or a place in line."""
    if visit.visitor is not None:
        return Wish(session_id=visit.session.id)
    form = Form(GuestFields, visit.submitted)
    if form.fields:
        said = Guest(form.fields.name, form.fields.email, visit.tag, visit.chosen_zone)
        try:
            newcomer = guest(seal_of(visit.db), said)
            visit.limit(Limit.SIGN_UP, form.fields.email)
            return Wish(guest=newcomer)
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
