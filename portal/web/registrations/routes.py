"""Signing up: one click for members, name and address for guests."""

from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response

from portal.core.availability import Band
from portal.core.encryption import seal_of
from portal.core.refusals import NotFoundError, Refusal
from portal.domain.events.queries import event_page as event_page_for
from portal.domain.registrations.rules import EventCancelledError, EventOverError
from portal.domain.registrations.sign_up import Guest, guest
from portal.domain.registrations.sign_up_batch import Decision, SignUpRequest
from portal.web.events.presenter import event_page
from portal.web.events.registration_panel import GuestFields
from portal.web.http import Cache, Context, Limit, Policy, PortalRouter, render
from portal.web.http.forms import Form, submitted
from portal.web.http.site import Site
from portal.web.http.transactions import in_reading

router = PortalRouter()
GuestForm = Annotated[Form[GuestFields], submitted(GuestFields)]


@router.form("/events/{slug}/registration", name="registrations.create", policy=Policy.ANYONE)
async def create(slug: str, request: Request, form: GuestForm) -> Response:
    """Sign up for a place or a place in line, together with others who do so now."""
    sign_up = await in_reading(request, _sign_up_request, slug, form)
    if isinstance(sign_up, Response):
        return sign_up
    site: Site = request.app.state.site
    decision = await site.sign_ups.submit(slug, sign_up)
    return await in_reading(request, _answer, slug, form, decision)


def _sign_up_request(ctx: Context, slug: str, form: Form[GuestFields]) -> SignUpRequest | Response:
    """Check what can be checked without a lock."""
    if ctx.user is not None:
        return SignUpRequest(session_id=ctx.session.id)
    if form.fields:
        said = Guest(form.fields.name, form.fields.email, ctx.tag, ctx.chosen_zone)
        try:
            applicant = guest(seal_of(ctx.db), said)
            ctx.rate_limit(Limit.SIGN_UP, form.fields.email)
            return SignUpRequest(guest=applicant)
        except Refusal as refusal:
            form.refuse(refusal)
    return event_page(ctx, slug, form, status=422)


def _answer(ctx: Context, slug: str, form: Form[GuestFields], decision: Decision) -> Response:
    """Answer every guest alike, whoever they are; lead a member to the pass (its public id)."""
    if isinstance(decision, NotFoundError):
        raise decision
    if isinstance(decision, (EventOverError, EventCancelledError)):
        return event_page(ctx, slug, form, decision, 409)
    if isinstance(decision, Refusal):
        form.refuse(decision)
        return event_page(ctx, slug, form, status=422)
    if ctx.user is None:
        return ctx.redirect("registrations.sent", slug=slug)
    return ctx.redirect("passes.show", key=decision)


@router.page(
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
        title=event.title.localized(),
        event_url=ctx.url("events.show", slug=slug),
        is_full=event.places is Band.FULL,
    )
