"""Signing up: one click for members, name and address for guests."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session
from starlette.responses import Response

from portal.core import clock
from portal.core.availability import Band
from portal.core.encryption import seal_of
from portal.core.refusals import NotFoundError, Refusal
from portal.domain.events.queries import event_page as event_page_for
from portal.domain.registrations.rules import EventCancelledError, EventOverError
from portal.domain.registrations.sign_up import Guest, guest
from portal.domain.registrations.sign_up_batch import Decision, Wish, sign_up_all
from portal.web.events.registration_panel import GuestFields
from portal.web.events.routes import event_page
from portal.web.http.context import Context
from portal.web.http.forms import Form
from portal.web.http.layout import render
from portal.web.http.policies import Cache, Policy
from portal.web.http.rate_limits import Limit
from portal.web.http.routing import Pages

pages = Pages()


def _decide(db: Session, wishes: Sequence[Wish], slug: str) -> Sequence[Decision]:
    return sign_up_all(db, slug, wishes, clock.now())


def _tell(ctx: Context, slug: str, decision: Decision) -> Response:
    """A guest is told the same whoever it is, a member of the pass (by its public id)."""
    if isinstance(decision, NotFoundError):
        raise decision
    form = Form(GuestFields, ctx.submitted)
    if isinstance(decision, (EventOverError, EventCancelledError)):
        return event_page(ctx, slug, form, decision, 409)
    if isinstance(decision, Refusal):
        form.refuse(decision)
        return event_page(ctx, slug, form, status=422)
    if ctx.user is None:
        return ctx.redirect("registrations.sent", slug=slug)
    return ctx.redirect("passes.show", key=decision)


@pages.crowded(
    "/events/{slug}/registration",
    name="registrations.create",
    policy=Policy.ANYONE,
    decide=_decide,
    tell=_tell,
)
def create(ctx: Context, slug: str) -> Wish | Response:
    """A place or a place in line."""
    if ctx.user is not None:
        return Wish(session_id=ctx.session.id)
    form = Form(GuestFields, ctx.submitted)
    if form.fields:
        said = Guest(form.fields.name, form.fields.email, ctx.tag, ctx.chosen_zone)
        try:
            newcomer = guest(seal_of(ctx.db), said)
            ctx.rate_limit(Limit.SIGN_UP, form.fields.email)
            return Wish(guest=newcomer)
        except Refusal as refusal:
            form.refuse(refusal)
    return event_page(ctx, slug, form, status=422)


@pages.get(
    "/events/{slug}/registration",
    name="registrations.sent",
    policy=Policy.ANYONE,
    cache=Cache.PRIVATE,
)
def sent(ctx: Context, slug: str) -> Response:
    """Look into your mailbox."""
    event, _words = event_page_for(ctx.db, ctx.user, slug)
    return render(
        ctx,
        "registrations/sent.html",
        title=event.title.said(),
        event_url=ctx.url("events.show", slug=slug),
        is_full=event.places is Band.FULL,
    )
