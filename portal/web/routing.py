"""Declares routes: who may use each, how it may be cached; one transaction for every request."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import anyio
from starlette.concurrency import run_in_threadpool

from portal import clock
from portal.domain.people.actions import note_use
from portal.domain.people.queries import session_with
from portal.domain.people.rules import may_moderate
from portal.refusals import NotFoundError
from portal.web.cookies import session_token
from portal.web.cross_origin import SAFE_METHODS
from portal.web.forms import submitted_form
from portal.web.visit import Visit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fastapi import FastAPI
    from sqlalchemy.orm import Session
    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from portal.domain.people.models import Person, SignInSession
    from portal.settings import Settings
    from portal.web.site import Site

    View = Callable[..., Response]

# Requests answered at once by one process. Few, because Python runs one at a time anyway: 4 gave
# the same rate as 40 with half the longest waits. Never more than portal.database.CONNECTIONS.
THREADS: Final = 4
PREFIX: Final = "/{language:language}"


class Policy(StrEnum):
    """Who may use a route; doors in the domain decide about the record itself."""

    ANYONE = "anyone"
    PASS_HOLDER = "holder of the pass"  # noqa: S105 - nobody's password
    SIGNED_IN = "signed in"
    MEMBER = "anybody of the organisation"
    ANALYST = "analyst of the organisation"
    TRANSLATOR = "translator of the organisation"
    DOOR = "helper at the door of the organisation"
    EDITOR = "editor of the organisation"
    OWNER = "owner of the organisation"
    OWNER_IN_PERSON = "owner of the organisation in person"
    CONCERNED = "concerned by the decision"
    MODERATOR = "moderator"
    ADMINISTRATOR = "administrator"
    RETURNING = "somebody back at a closed account"

    @property
    def needs_sign_in(self) -> bool:
        """Whether strangers are sent to sign in first."""
        return self not in {
            Policy.ANYONE,
            Policy.PASS_HOLDER,
            Policy.CONCERNED,
            Policy.RETURNING,
        }


class Guard(StrEnum):
    """Whether a session needs to have passed a second factor."""

    ALWAYS = "always"
    IF_OF_EVERYBODY = "if asked of everybody"
    NEVER = "never"  # where a second factor is set up and used


class Cache(StrEnum):
    """Who may keep an answer."""

    PUBLIC = "public"  # the same for every stranger; a member's own is never kept
    PRIVATE = "private"  # never kept
    FOREVER = "forever"  # named after its content


@dataclass(frozen=True)
class Route:
    """One line of `portal routes`."""

    method: str
    path: str
    name: str
    policy: Policy
    cache: Cache
    guard: Guard = Guard.IF_OF_EVERYBODY

    def asks_second_factor(self, settings: Settings) -> bool:
        """Whether a signed-in visitor gets no further without one."""
        if self.guard is Guard.IF_OF_EVERYBODY:
            return self.policy.needs_sign_in and settings.second_factor == "everybody"
        return self.guard is Guard.ALWAYS


class SignInNeededError(Exception):
    """Sends the visitor to sign in, and back."""


class SecondFactorNeededError(Exception):
    """Sends the visitor to set a second factor up or to use it, and back."""


class AccountClosedError(Exception):
    """Sends whoever has signed in to a closed account to the question whether to keep it."""


class Pages:
    """A module's routes, collected by decorators and put into the application by `install`.

    `guard` is that of routes which say nothing else.
    """

    def __init__(self, *, localized: bool = True, guard: Guard = Guard.IF_OF_EVERYBODY) -> None:
        self._prefix = PREFIX if localized else ""
        self._guard = guard
        self._added: list[tuple[Route, Callable[[Request], Awaitable[Response]]]] = []

    def get(
        self,
        path: str,
        *,
        name: str,
        policy: Policy,
        cache: Cache,
        brief: bool = False,
        guarded: bool = False,
    ) -> Callable[[View], View]:
        """A page; its transaction can only read. HEAD is answered too.

        A guarded one sends whoever has not passed a second factor to do so before any record is
        looked at, so that the answer tells nothing about records.

        A brief page is a few rows by an index, and a few milliseconds. Read from
        SQLite, it is drawn where the request arrived: nothing is waited for there (readers of a
        write-ahead log wait for nobody), and handing it to a thread and back would cost a third
        of its time. PostgreSQL is behind a network, so everything read from it has its thread.
        """
        route = self._declared("GET", path, name, policy, cache, guarded=guarded)
        return self._route(route, brief=brief)

    def post(
        self, path: str, *, name: str, policy: Policy, guarded: bool = False
    ) -> Callable[[View], View]:
        """A form's target; answers of 400 and above write nothing."""
        route = self._declared("POST", path, name, policy, Cache.PRIVATE, guarded=guarded)
        return self._route(route)

    def asynchronous(
        self, method: str, path: str, *, name: str, policy: Policy
    ) -> Callable[
        [Callable[[Request], Awaitable[Response]]], Callable[[Request], Awaitable[Response]]
    ]:
        """A handler that awaits the network and opens transactions itself, briefly.

        Strangers are sent to sign in first where the policy says so; who has a session may still
        have lost it when the handler looks again.
        """

        def add(
            handler: Callable[[Request], Awaitable[Response]],
        ) -> Callable[[Request], Awaitable[Response]]:
            route = self._declared(method, path, name, policy, Cache.PRIVATE, guarded=False)

            async def endpoint(request: Request) -> Response:
                if policy.needs_sign_in:
                    await run_in_threadpool(_check_admitted, route, request)
                return await handler(request)

            self._added.append((route, endpoint))
            return handler

        return add

    def _declared(
        self, method: str, path: str, name: str, policy: Policy, cache: Cache, *, guarded: bool
    ) -> Route:
        guard = Guard.ALWAYS if guarded else self._guard
        return Route(method, self._prefix + path, name, policy, cache, guard)

    def _route(self, route: Route, *, brief: bool = False) -> Callable[[View], View]:
        def add(view: View) -> View:
            async def endpoint(request: Request) -> Response:
                site: Site = request.app.state.site
                if brief and site.database.is_sqlite:
                    return answer(view, route, request, None)
                submitted = None if route.method == "GET" else await submitted_form(request)
                return await run_in_threadpool(answer, view, route, request, submitted)

            self._added.append((route, endpoint))
            return view

        return add

    def declared(self) -> list[Route]:
        """What was declared so far."""
        return [route for route, _endpoint in self._added]

    def install(self, app: FastAPI) -> None:
        """Adds the routes to the application."""
        for route, endpoint in self._added:
            endpoint.route_name = route.name  # type: ignore[attr-defined]  # for the request log
            app.add_route(
                route.path,
                endpoint,
                methods=["GET", "HEAD"] if route.method == "GET" else [route.method],
                name=route.name,
                include_in_schema=False,
            )


def answer(view: View, route: Route, request: Request, submitted: FormData | None) -> Response:
    """One request, one transaction, one thread: opened, used and committed here.

    Beginning, view and commit share a thread, so that a request never holds a connection while
    it waits for a thread, nor a thread while another one needs it to finish.
    """
    if "\0" in request.scope["path"] or b"%00" in request.scope["query_string"]:
        raise NotFoundError  # no address has one, and PostgreSQL takes none
    site: Site = request.app.state.site
    reading = request.method in SAFE_METHODS
    begin = site.database.reading if reading else site.database.writing
    with begin() as db:
        session = _admitted(route, request, site, db)
        is_returning = route.policy is Policy.RETURNING
        person = session.person if session and not is_returning else None
        if person is not None and session is not None and not reading:
            note_use(db, session, clock.now())
        visit = Visit(request, site, db, person, submitted, session)
        values = {k: v for k, v in request.path_params.items() if k != "language"}
        response = view(visit, **values)
        if not reading and response.status_code >= 400:  # noqa: PLR2004 - HTTP's own border
            db.rollback()
    _say_who_may_keep(response, route, request, is_signed_in=person is not None)
    return response


def signed_in_visitor(request: Request, db: Session) -> Person:
    """Whoever is signed in, for asynchronous handlers; sends others to sign in."""
    site: Site = request.app.state.site
    token = session_token(request, site.settings)
    session = session_with(db, token, clock.now()) if token else None
    if session is None or session.person.closed_at is not None:
        raise SignInNeededError
    return session.person


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
    if session and session.second_factor_at is None and route.asks_second_factor(site.settings):
        raise SecondFactorNeededError
    return session


def _check_admitted(route: Route, request: Request) -> None:
    site: Site = request.app.state.site
    with site.database.reading() as db:
        _admitted(route, request, site, db)


def _say_who_may_keep(
    response: Response, route: Route, request: Request, *, is_signed_in: bool
) -> None:
    if route.cache is Cache.FOREVER:
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
    elif route.cache is Cache.PUBLIC and response.status_code < 400:  # noqa: PLR2004
        # What a stranger gets depends on the time zone's cookie alone.
        response.headers.add_vary_header("Cookie")
        signed_in = is_signed_in or session_token(request, request.app.state.site.settings)
        response.headers["cache-control"] = "private, no-store" if signed_in else "public, no-cache"
    else:
        response.headers.setdefault("cache-control", "no-store")


async def limit_threads() -> None:
    """Sets how many requests are worked on at once in this process."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
