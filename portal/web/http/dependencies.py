"""One request, one transaction: who comes, whether they may, and what a view answers them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from portal.core import clock
from portal.core.refusals import NotFoundError
from portal.db.changes.reads import noting
from portal.domain.accounts.people.actions import note_use
from portal.domain.accounts.people.models import Person, SignInSession
from portal.domain.accounts.people.queries import session_with
from portal.domain.accounts.people.rules import may_moderate
from portal.web.caching.fragments import Parts
from portal.web.caching.pages import Drawing
from portal.web.http.context import Context
from portal.web.http.cookies import session_token
from portal.web.http.middleware.csrf import SAFE_METHODS
from portal.web.http.middleware.page_cache import DRAWING, FOR_EVERYBODY
from portal.web.http.policies import (
    AccountClosedError,
    Cache,
    Policy,
    Route,
    SecondFactorNeededError,
    SignInNeededError,
)
from portal.web.http.site import Site

T = TypeVar("T")
W = TypeVar("W")


def answer(
    view: Callable[..., Response],
    route: Route,
    request: Request,
    submitted: FormData | None,
    taken: object = None,
) -> Response:
    """One request, one transaction, one thread: opened, used and committed here.

    Beginning, view and commit share a thread, so that a request never holds a connection while
    it waits for a thread, nor a thread while another one needs it to finish.
    """
    work = partial(_answer, view, route, request, submitted, taken)
    response, is_signed_in = _again(work) if request.method in SAFE_METHODS else work()
    _say_who_may_keep(response, route, request, is_signed_in=is_signed_in)
    return response


def _again(read: Callable[[], T]) -> T:
    """What only reads is begun once more where its connection is found to be dead.

    Where a database was started anew or a standby has gone, the first that finds out gives up all
    of its pool, so that the next connection is a new one.
    """
    try:
        return read()
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        return read()


def _answer(
    view: Callable[..., Response],
    route: Route,
    request: Request,
    submitted: FormData | None,
    taken: object,
) -> tuple[Response, bool]:
    """A view's answer, and whether it is somebody's who is signed in."""
    site: Site = request.app.state.site
    reading = request.method in SAFE_METHODS
    database = site.database
    with database.reading() if reading else database.writing() as db:
        session = _admitted(route, request, site, db)
        is_returning = route.policy is Policy.RETURNING
        person = session.person if session and not is_returning else None
        if person is not None and session is not None and not reading:
            note_use(db, session, clock.now())
        drawing: Drawing | None = request.scope.get(DRAWING)
        known = Parts.known_to(request.scope) if drawing is None else drawing.version
        ctx = Context(request, site, db, person, submitted, session, taken, known)
        values = path_values(request)
        if drawing is None:
            response = view(ctx, **values)
        else:
            with noting() as reads:
                site.live.keep_up(db, drawing.version.number)
                response = view(ctx, **values)
            drawing.scopes = reads.scopes
        if not reading and response.status_code >= 400:  # noqa: PLR2004 - HTTP's own border
            db.rollback()
    return response, person is not None


def ask(
    view: Callable[..., T], route: Route, request: Request, submitted: FormData | None = None
) -> T:
    """What a view that only reads finds out, whatever the method.

    So doors say who may send something before a byte of it is read, and a crowd what it wants
    before anything is locked.
    """
    site: Site = request.app.state.site

    def asked() -> T:
        with site.database.reading() as db:
            session = _admitted(route, request, site, db)
            person = session.person if session else None
            ctx = Context(request, site, db, person, submitted, session)
            return view(ctx, **path_values(request))

    return _again(asked)


def asked_or_answered(
    view: Callable[..., W | Response], route: Route, request: Request, submitted: FormData | None
) -> W | Response:
    """What somebody of a crowd wants, or the answer to who cannot have it."""
    wish = ask(view, route, request, submitted)
    if isinstance(wish, Response):
        _say_who_may_keep(wish, route, request, is_signed_in=False)
    return wish


def told(
    tell: Callable[..., Response],
    route: Route,
    request: Request,
    submitted: FormData | None,
    decision: object,
) -> Response:
    """The answer to somebody of a crowd with what was decided."""
    response = ask(partial(tell, decision=decision), route, request, submitted)
    _say_who_may_keep(response, route, request, is_signed_in=False)
    return response


def path_values(request: Request) -> dict[str, str]:
    """What the path says beside the language."""
    return {name: value for name, value in request.path_params.items() if name != "language"}


def signed_in_visitor(request: Request, db: Session) -> Person:
    """Whoever is signed in, for asynchronous handlers; sends others to sign in."""
    return session_of_visitor(request, db).person


def session_of_visitor(request: Request, db: Session) -> SignInSession:
    """The same with the session."""
    site: Site = request.app.state.site
    token = session_token(request, site.settings)
    session = session_with(db, token, clock.now()) if token else None
    if session is None or session.person.closed_at is not None:
        raise SignInNeededError
    return session


def _admitted(route: Route, request: Request, site: Site, db: Session) -> SignInSession | None:
    """The session of whoever comes, if the route lets them in; strangers cost no query."""
    token = session_token(request, site.settings)
    session = session_with(db, token, clock.now()) if token else None
    is_closed = session is not None and session.person.closed_at is not None
    if route.policy is Policy.RETURNING:
        if not is_closed:
            raise NotFoundError
        return session
    if is_closed:
        if request.method in SAFE_METHODS:
            raise AccountClosedError
        session = None  # to every form but that of the way back a stranger
    if session is None and route.policy.needs_sign_in:
        raise SignInNeededError
    if route.policy is Policy.ADMINISTRATOR and not (session and session.person.is_administrator):
        raise NotFoundError
    if route.policy is Policy.MODERATOR and not (session and may_moderate(session.person)):
        raise NotFoundError
    if session and session.second_factor_at is None:
        key = str(request.path_params.get("key", ""))
        if route.asks_second_factor(site.settings, key):
            raise SecondFactorNeededError
    return session


def check_admitted(route: Route, request: Request) -> None:
    """Raises what sends the visitor elsewhere, for handlers that open no transaction yet."""
    site: Site = request.app.state.site
    with site.database.reading() as db:
        _admitted(route, request, site, db)


def _say_who_may_keep(
    response: Response, route: Route, request: Request, *, is_signed_in: bool
) -> None:
    if route.cache is Cache.FOREVER:
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
    elif route.cache is Cache.PUBLIC and response.status_code < 400:  # noqa: PLR2004
        settings = request.app.state.site.settings
        # What a stranger gets depends on the time zone's cookie alone.
        response.headers.add_vary_header("Cookie")
        if is_signed_in or session_token(request, settings):
            response.headers["cache-control"] = "private, no-store"
        else:
            response.headers["cache-control"] = FOR_EVERYBODY
            if settings.cdn_stale_seconds:
                # To shared caches alone (RFC 9213; RFC 5861): a browser would show whoever has
                # just written what was there before.
                # Many keep nothing that is to be asked for at once, so it is after a second.
                stale = f"stale-while-revalidate={settings.cdn_stale_seconds}"
                response.headers["cdn-cache-control"] = f"public, max-age=1, {stale}"
    else:
        response.headers.setdefault("cache-control", "no-store")
