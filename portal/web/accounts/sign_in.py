"""Signing in with a provider of the operator's choice, and signing out."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from portal.config.providers import OIDC
from portal.core import clock, tokens
from portal.core.refusals import Refusal
from portal.core.urls import safe_next
from portal.domain.accounts.identities import actions as identities
from portal.domain.accounts.identities.rules import IdentityTakenError
from portal.domain.accounts.people import actions
from portal.domain.accounts.people.actions import Claims
from portal.domain.accounts.people.queries import session_with
from portal.domain.accounts.people.rules import BannedError
from portal.domain.privacy import actions as privacy
from portal.i18n.locale import LANGUAGE_TAGS, current_tag, speak
from portal.web.accounts.banned import banned_page
from portal.web.accounts.login import arrive, start_session
from portal.web.accounts.sign_in_pages import leave_for, refused_sign_in, sign_in_methods
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.cookies import drop_session, session_token
from portal.web.http.forms import Submitted
from portal.web.http.layout import render_page
from portal.web.http.limits import ASKING_FORM, ASKING_PAGE, FORM
from portal.web.http.site import Site
from portal.web.http.threads import in_thread
from portal.web.providers.provider import SignInStaleError

router = PortalRouter()
callback_router = PortalRouter(prefix="")


@router.page("/sign-in", name="sign_in.new", policy=Policy.ANYONE, cache=Cache.PRIVATE)
def new(ctx: Context) -> Response:
    """Show the ways in."""
    target = safe_next(ctx.request.query_params.get("next"), ctx.url("home"))
    if ctx.user is not None:
        return RedirectResponse(target, 303)
    return render(ctx, "accounts/sign_in.html", **sign_in_methods(ctx.site, target))


@router.form(
    "/sign-in",
    name="sign_in.create",
    policy=Policy.ANYONE,
    limits=ASKING_FORM,
    max_seconds=ASKING_FORM.seconds,
)
async def create(request: Request, data: Submitted) -> Response:
    """Off to the provider whose button it was."""
    site: Site = request.app.state.site
    target = safe_next(str(data.get("next") or ""), _home(site))
    first = next(iter(site.providers), "")
    provider = site.providers.get(str(data.get("provider") or first))
    if provider is None:
        return RedirectResponse(site.links.path("sign_in.new", current_tag.get()), 303)
    try:
        return await leave_for(site, request, provider, {"next": target})
    except Refusal as refusal:
        context = sign_in_methods(site, target, refusal=refusal)
        html = render_page(site, request, None, "accounts/sign_in.html", context)
        return HTMLResponse(html, 503)


@callback_router.page(
    "/sign-in/callback",
    name="sign_in.callback",
    policy=Policy.ANYONE,
    limits=ASKING_PAGE,
    cache=Cache.PRIVATE,
    max_seconds=ASKING_PAGE.seconds,
)
async def callback(request: Request) -> Response:
    """Back from the provider of PORTAL_OIDC_*, whose callback this is."""
    return await _identity(request, OIDC)


@callback_router.page(
    "/sign-in/{provider}/callback",
    name="sign_in.provider_callback",
    policy=Policy.ANYONE,
    cache=Cache.PRIVATE,
)
async def provider_callback(provider: str, request: Request) -> Response:
    """Back from one of the other providers, each of which has its own address."""
    return await _identity(request, provider if provider != OIDC else "")


async def _identity(request: Request, key: str) -> Response:
    """Return the person; the cookie says from whom an answer is awaited."""
    site: Site = request.app.state.site
    note = site.sign_in_cookie.read(request) or {}
    if note.get("tag") in LANGUAGE_TAGS:
        speak(note["tag"])
    try:
        provider = site.providers.get(key)
        if provider is None or note.get("provider") != key:
            raise SignInStaleError
        claims = await provider.claims_of(request, note.get("session"))
        response = await in_thread(
            FORM.wait_seconds, _enter, site, request, claims, note, writes=True
        )
    except Refusal as refusal:
        response = _refused(site, request, note, refusal)
    site.sign_in_cookie.drop(response)
    return response


def _enter(site: Site, request: Request, claims: Claims, note: dict[str, Any]) -> Response:
    """Start a fresh session, or add another way into the account."""
    now, token = clock.now(), session_token(request, site.settings)
    with site.database.writing() as db:
        if "adds" in note:
            session = session_with(db, token, now) if token else None
            if session is None or tokens.digest(token or "") != note["adds"]:
                raise SignInStaleError
            identities.add(db, session.person, claims, now)
            return _to_identities(site, "added")
        person = None
        try:
            person = privacy.welcome(db, claims, current_tag.get(), now)
            arrival = arrive(site, request, db, person, now, way=claims.provider)
        except BannedError:
            page = banned_page(request, db, person)
            return HTMLResponse(page, 403, {"cache-control": "no-store"})
    response = RedirectResponse(safe_next(note.get("next"), _home(site)), 303)
    start_session(response, site, arrival)
    return response


def _refused(site: Site, request: Request, note: dict[str, Any], refusal: Refusal) -> Response:
    if "adds" in note:
        return _to_identities(
            site, "taken" if isinstance(refusal, IdentityTakenError) else "failed"
        )
    return refused_sign_in(site, request, refusal, safe_next(note.get("next"), _home(site)))


def _to_identities(site: Site, said: str) -> Response:
    return RedirectResponse(
        site.links.path("identities.index", current_tag.get(), {"said": said}), 303
    )


def _home(site: Site) -> str:
    return site.links.path("home", current_tag.get())


@router.form("/sign-out", name="sign_in.end", policy=Policy.ANYONE)
def end(ctx: Context) -> Response:
    """End the session on the server and take the cookie back."""
    if token := session_token(ctx.request, ctx.site.settings):
        actions.end_session(ctx.db, token)
    response = ctx.redirect("home")
    drop_session(response, ctx.site.settings)
    return response
