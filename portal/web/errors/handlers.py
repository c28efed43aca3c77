"""Error pages: what went wrong and what to do, in the reader's language, without any internals."""

import logging
from typing import Final

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.core import clock
from portal.core.refusals import NotAllowedError, NotFoundError
from portal.core.urls import safe_next
from portal.db.outages import OUTAGES, PAUSE, is_outage
from portal.domain.moderation.maintenance import MaintenanceError
from portal.i18n.locale import LANGUAGE_TAGS, LazyText, current_tag
from portal.i18n.locale import gettext_lazy as _
from portal.web.components.hour_wheel import hour_wheel
from portal.web.components.wheel_cities import wheel_cities
from portal.web.errors.retry_pages import (
    maintenance_page,
    too_often_page,
    unwritten_page,
    with_query,
)
from portal.web.http.layout import render_page
from portal.web.http.middleware.csrf import SAFE_METHODS
from portal.web.http.middleware.security_headers import MISDIRECTED
from portal.web.http.moved import moved_to
from portal.web.http.policies import (
    AccountClosedError,
    AdminAccessNeededError,
    SecondFactorNeededError,
    SignInNeededError,
)
from portal.web.http.rate_limits import TooOftenError

logger = logging.getLogger("portal.errors")

TEXTS: Final[dict[int, tuple[LazyText, LazyText]]] = {
    403: (
        _("You may not do this"),
        _(
            "Your role does not include it, or the form was sent from another site. "
            "Go back and try again."
        ),
    ),
    404: (
        _("Nothing stands at this address"),
        _(
            "The page may have moved, or the link was cut off on its way. "
            "Check it, or start from the beginning."
        ),
    ),
    405: (
        _("Not in this way"),
        _("This address is the target of a form. Go back to the page and use its button."),
    ),
    408: (
        _("It took too long to arrive"),
        _(
            "What you sent did not come in time, perhaps because the connection is slow. "
            "Nothing was saved; please go back and send it again."
        ),
    ),
    413: (
        _("That is too much at once"),
        _("What you sent is larger than this form takes. A picture may have 12 MB at most."),
    ),
    415: (_("This form cannot carry files"), _("Go back to the page and use its form.")),
    MISDIRECTED: (_("This portal lives elsewhere"), _("Open it by its own address.")),
    500: (
        _("Something broke on our side"),
        _(
            "It has been noted. Nothing you were told is saved has been lost; "
            "please try again in a moment."
        ),
    ),
    503: (
        _("This page cannot be shown just now"),
        _("The portal is being started anew or has too much to do. Please try again in a moment."),
    ),
}


def error_page(request: Request, status: int) -> Response:
    """Return the page for a status; unknown ones are told as the nearest known."""
    title, text = TEXTS.get(status) or TEXTS[500 if status >= 500 else 404]  # noqa: PLR2004
    site, tag = request.app.state.site, current_tag.get()
    # Whoever has come by another name would be led around in a circle.
    lead = site.links.absolute if status == MISDIRECTED else site.links.path
    html = render_page(
        site,
        request,
        None,
        "errors/error.html",
        {
            "title": title,
            "text": text,
            "status": status,
            "front": lead("home", tag),
            "all_events": lead("events.index", tag),
            "wheel": hour_wheel(clock.now(), wheel_cities(), None),
        },
    )
    headers = {"cache-control": "no-store"}
    if status in {408, 413}:
        headers["connection"] = "close"  # the rest of the body is not waited for
    return HTMLResponse(html, status, headers)


class FaultMiddleware:
    """Turns whatever nobody expected into a page, inside the guards that add headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Log the fault without anything a person typed."""
        begun = False

        async def send_and_note(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        except ClientDisconnect:
            # Nobody's fault and nobody there: only the log and the meters get this answer.
            await Response(status_code=400)(scope, receive, send)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            route = getattr(scope.get("route"), "name", "unknown")
            logger.exception("unexpected", exc_info=error, extra={"fields": {"route": route}})
            await error_page(Request(scope), 500)(scope, receive, send)


def install(app: FastAPI) -> None:
    """Answer every refusal of ours or of the framework with a page."""

    async def not_found(request: Request, _error: Exception) -> Response:
        return error_page(request, 404)

    async def not_allowed(request: Request, _error: Exception) -> Response:
        return error_page(request, 403)

    async def by_status(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if status == 404 and (path := _path_now(request)):  # noqa: PLR2004
            return RedirectResponse(with_query(path, request), 308)
        return error_page(request, status)

    async def sign_in_first(request: Request, _error: Exception) -> Response:
        return _redirect_through("sign_in.new", request)

    async def second_factor_first(request: Request, _error: Exception) -> Response:
        return _redirect_through("second_factor.show", request)

    async def admin_access_first(request: Request, _error: Exception) -> Response:
        return _redirect_through(
            "admin_access.new", request, organization=request.path_params["organization"]
        )

    async def reactivate_first(request: Request, _error: Exception) -> Response:
        links = request.app.state.site.links
        target = links.path("account.reactivation", current_tag.get())
        return RedirectResponse(target, 303, {"cache-control": "no-store"})

    app.add_exception_handler(AccountClosedError, reactivate_first)
    app.add_exception_handler(NotFoundError, not_found)
    app.add_exception_handler(NotAllowedError, not_allowed)
    app.add_exception_handler(TooOftenError, _too_often)
    app.add_exception_handler(MaintenanceError, _maintained)
    for outage in OUTAGES:
        app.add_exception_handler(outage, _outage)
    app.add_exception_handler(SignInNeededError, sign_in_first)
    app.add_exception_handler(SecondFactorNeededError, second_factor_first)
    app.add_exception_handler(AdminAccessNeededError, admin_access_first)
    app.add_exception_handler(HTTPException, by_status)


def _path_now(request: Request) -> str | None:
    """Return the path without a slash at its end, or where the page has moved to."""
    path = request.url.path
    if path.split("/", 2)[1] in LANGUAGE_TAGS and path.endswith("/") and "//" not in path:
        return path.rstrip("/")
    return moved_to(request.scope["path"]) if request.method in SAFE_METHODS else None


async def _outage(request: Request, error: Exception) -> Response:
    """Answer that the database does not answer or lets nobody write; all is undone."""
    if not is_outage(error):
        raise error
    logger.warning("outage", exc_info=error)
    if request.method not in SAFE_METHODS:
        return unwritten_page(request, clock.now() + PAUSE, is_maintained=False)
    response = error_page(request, 503)
    response.headers["retry-after"] = str(int(PAUSE.total_seconds()))
    return response


async def _too_often(request: Request, error: Exception) -> Response:
    assert isinstance(error, TooOftenError)  # noqa: S101 - it is what it is installed for
    return too_often_page(request, error)


async def _maintained(request: Request, error: Exception) -> Response:
    assert isinstance(error, MaintenanceError)  # noqa: S101 - it is what it is installed for
    return maintenance_page(request, error)


def _redirect_through(name: str, request: Request, **values: str) -> Response:
    """To another page first, and back to what was asked for; what a form sent is not kept."""
    links, tag = request.app.state.site.links, current_tag.get()
    # Nobody is sent back to what `safe_next` refuses, and an answer has no room for the longest.
    target = safe_next(with_query(request.url.path, request), "")
    back = {"next": target} if target and request.method == "GET" else None
    return RedirectResponse(
        links.path(name, tag, back, **values), 303, {"cache-control": "no-store"}
    )
