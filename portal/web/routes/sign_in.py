"""Signing in with the operator's OpenID Connect provider, and signing out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from portal import clock
from portal.domain.people import actions
from portal.domain.people.rules import BannedError
from portal.i18n import LANGUAGES, current_language
from portal.refusals import Refusal
from portal.web.banned import banned_page
from portal.web.cookies import drop_session, session_token, set_session
from portal.web.forms import submitted_form
from portal.web.links import safe_next
from portal.web.pages import render_page
from portal.web.routing import Cache, Pages, Policy

if TYPE_CHECKING:
    from starlette.requests import Request

    from portal.domain.people.actions import Claims
    from portal.web.site import Site
    from portal.web.visit import Visit

pages = Pages()
neutral = Pages(localized=False)


@pages.get("/sign-in", name="sign_in.new", policy=Policy.ANYONE, cache=Cache.PRIVATE)
def new(visit: Visit) -> Response:
    """The way in."""
    target = safe_next(visit.request.query_params.get("next"), visit.url("home"))
    if visit.visitor is not None:
        return RedirectResponse(target, 303)
    provider = visit.site.provider
    return visit.page(
        "sign_in/new.html", provider=provider and provider.name, next=target, refusal=None
    )


@pages.asynchronous("POST", "/sign-in", name="sign_in.create", policy=Policy.ANYONE)
async def create(request: Request) -> Response:
    """Off to the provider, by a page of our own.

    A redirect would be part of the form's submission, which the content security policy keeps to
    this site; a page that moves on by itself is a new beginning and works without scripts.
    """
    site: Site = request.app.state.site
    submitted = await submitted_form(request)
    target = safe_next(str(submitted.get("next") or ""), _home(site))
    if site.provider is None:
        return RedirectResponse(site.links.path("sign_in.new", current_language.get()), 303)
    try:
        address, remembered = await site.provider.departure(request)
    except Refusal as refusal:
        return _way_in(request, refusal, target, 503)
    html = render_page(
        site,
        request,
        None,
        "sign_in/departure.html",
        {"provider": site.provider.name, "address": address},
    )
    response = HTMLResponse(html, headers={"referrer-policy": "no-referrer"})
    site.sign_in_note.put(
        response, {"session": remembered, "next": target, "language": current_language.get()}
    )
    return response


@neutral.asynchronous("GET", "/sign-in/callback", name="sign_in.callback", policy=Policy.ANYONE)
async def callback(request: Request) -> Response:
    """Back from the provider: the note in the cookie says where from and where to."""
    site: Site = request.app.state.site
    note = site.sign_in_note.read(request) or {}
    if note.get("language") in LANGUAGES:
        current_language.set(note["language"])
    target = safe_next(note.get("next"), _home(site))
    try:
        if site.provider is None:
            raise Refusal
        claims = await site.provider.arrival(request, note.get("session"))
    except Refusal as refusal:
        response = _way_in(request, refusal, target, 400)
    else:
        token, banned = await run_in_threadpool(_start_session, site, request, claims)
        if token is None:
            response = HTMLResponse(banned, 403, {"cache-control": "no-store"})
        else:
            response = RedirectResponse(target, 303)
            set_session(response, site.settings, token)
    site.sign_in_note.drop(response)
    return response


def _start_session(
    site: Site, request: Request, claims: Claims
) -> tuple[str, None] | tuple[None, str]:
    """A fresh session whatever the browser brought along; the old one ends.

    For the banned there is no session but a page that tells them why.
    """
    now = clock.now()
    with site.database.writing() as db:
        if old := session_token(request, site.settings):
            actions.end_session(db, old)
        person = actions.welcome(db, claims, current_language.get(), now)
        try:
            return actions.start_session(db, person, now), None
        except BannedError:
            return None, banned_page(request, db, person)


def _home(site: Site) -> str:
    return site.links.path("home", current_language.get())


def _way_in(request: Request, refusal: Refusal, target: str, status: int) -> Response:
    site: Site = request.app.state.site
    context = {
        "provider": site.provider and site.provider.name,
        "next": target,
        "refusal": refusal.said(),
    }
    html = render_page(site, request, None, "sign_in/new.html", context)
    return HTMLResponse(html, status, {"cache-control": "no-store"})


@pages.post("/sign-out", name="sign_in.end", policy=Policy.ANYONE)
def end(visit: Visit) -> Response:
    """Ends the session on the server and takes the cookie back."""
    if token := session_token(visit.request, visit.site.settings):
        actions.end_session(visit.db, token)
    response = visit.go("home")
    drop_session(response, visit.site.settings)
    return response
