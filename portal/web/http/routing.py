"""Declares routes: who may use each, how it may be cached, and where it is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from anyio import fail_after
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as Endpoint
from starlette.types import Receive, Scope, Send

from portal.db.outages import BusyError
from portal.web.http.batching import Crossing
from portal.web.http.dependencies import (
    answer,
    ask,
    asked_or_answered,
    check_admitted,
    path_values,
    told,
)
from portal.web.http.forms import submitted_form, submitted_upload
from portal.web.http.limits import FORM, PAGE, Limits
from portal.web.http.middleware.language import PREFIX
from portal.web.http.middleware.page_cache import DRAWING
from portal.web.http.policies import Cache, Guard, Policy, Route
from portal.web.http.site import Site
from portal.web.http.threads import in_turn
from portal.web.http.uploads import Upload

View = Callable[..., Response]


W = TypeVar("W")


class _Answered:
    """A handler as an ASGI application; what it raises is answered around all of them.

    Of a function Starlette would make one that looks after what it raises once more.
    """

    def __init__(self, handler: Callable[[Request], Awaitable[Response]], route: Route) -> None:
        self._handler, self._route = handler, route
        self.route_name = route.name  # for the request log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Asks the handler and sends its answer."""
        self._route.check_address(scope)
        response = await self._handler(Request(scope, receive, send))
        await response(scope, receive, send)


class Pages:
    """A module's routes, collected by decorators and put into the application by `install`.

    `guard` is that of routes which say nothing else.
    """

    def __init__(self, *, localized: bool = True, guard: Guard = Guard.IF_OF_EVERYBODY) -> None:
        self._prefix = PREFIX if localized else ""
        self._guard = guard
        self._added: list[tuple[Route, Endpoint]] = []

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
        of its time. PostgreSQL is behind a network, so whatever has to be read from it has its
        thread; a page whose parts are all known has nothing to read.
        """
        route = self._declared("GET", path, name, policy, cache, guarded=guarded)
        return self._route(route, brief=brief)

    def post(
        self,
        path: str,
        *,
        name: str,
        policy: Policy,
        guarded: bool = False,
        upload: Upload | None = None,
    ) -> Callable[[View], View]:
        """A form's target; answers of 400 and above write nothing.

        It carries files only where that is declared by `upload`.
        """
        route = self._declared("POST", path, name, policy, Cache.PRIVATE, guarded=guarded)
        if upload is None:
            return self._route(route)
        return self._uploading(replace(route, limits=upload.limits), upload)

    def crowded(
        self,
        path: str,
        *,
        name: str,
        policy: Policy,
        decide: Callable[..., Sequence[object]],
        tell: Callable[..., Response],
    ) -> Callable[[Callable[..., W | Response]], Callable[..., W | Response]]:
        """A form's target that a thousand people press in one minute (portal.web.http.batching).

        The view says what somebody wants, or answers at once; `decide(db, wishes, **path)` what
        comes of it for all of one address; `tell(ctx, decision=…, **path)` answers. Only
        `decide` writes.
        """
        route = self._declared("POST", path, name, policy, Cache.PRIVATE, guarded=False)

        def add(view: Callable[..., W | Response]) -> Callable[..., W | Response]:
            async def endpoint(request: Request) -> Response:
                site: Site = request.app.state.site
                submitted = await submitted_form(request)
                # For the page that asks to come again.
                request.state.submitted = submitted
                # The same address whatever the language.
                values = path_values(request)
                address = request.url.path.removeprefix(f"/{request.path_params['language']}")
                crossing = Crossing(
                    ask=partial(asked_or_answered, view, route, request, submitted),
                    decide=partial(decide, **values),
                    tell=partial(told, tell, route, request, submitted),
                )
                return await site.turnstile.through(address, crossing)

            self._add(route, endpoint)
            return view

        return add

    def asynchronous(
        self,
        method: str,
        path: str,
        *,
        name: str,
        policy: Policy,
        limits: Limits | None = None,
    ) -> Callable[
        [Callable[[Request], Awaitable[Response]]], Callable[[Request], Awaitable[Response]]
    ]:
        """A handler that awaits the network and opens transactions itself, briefly.

        Strangers are sent to sign in first where the policy says so; who has a session may still
        have lost it when the handler looks again. All of it ends with the limits' seconds of
        waiting, which are those of a page or form unless given.
        """

        def add(
            handler: Callable[[Request], Awaitable[Response]],
        ) -> Callable[[Request], Awaitable[Response]]:
            route = self._declared(method, path, name, policy, Cache.PRIVATE, guarded=False)
            route = replace(route, limits=limits or route.limits)

            async def endpoint(request: Request) -> Response:
                if policy.needs_sign_in:
                    await in_turn(route.limits.wait_seconds, check_admitted, route, request)
                try:
                    with fail_after(route.limits.body_seconds + route.limits.wait_seconds):
                        return await handler(request)
                except TimeoutError:
                    raise BusyError from None

            self._add(route, endpoint)
            return handler

        return add

    def _declared(
        self, method: str, path: str, name: str, policy: Policy, cache: Cache, *, guarded: bool
    ) -> Route:
        guard = Guard.ALWAYS if guarded else self._guard
        limits = PAGE if method == "GET" else FORM
        return Route(method, self._prefix + path, name, policy, cache, guard, limits)

    def _route(self, route: Route, *, brief: bool = False) -> Callable[[View], View]:
        uses_parts = route.cache is Cache.PUBLIC

        def add(view: View) -> View:
            async def endpoint(request: Request) -> Response:
                site: Site = request.app.state.site
                if uses_parts and site.kept_pages is not None and DRAWING not in request.scope:
                    await site.parts.catch_up(request.scope)
                if brief and site.database.is_sqlite:
                    return answer(view, route, request, None)
                submitted = None if route.method == "GET" else await submitted_form(request)
                # For the pages that say that nothing is written now; a file cannot be kept.
                request.state.submitted = submitted
                asked = (view, route, request, submitted)
                seconds, writes = route.limits.wait_seconds, route.method != "GET"
                return await in_turn(seconds, answer, *asked, writes=writes)

            self._add(route, endpoint)
            return view

        return add

    def _uploading(self, route: Route, upload: Upload) -> Callable[[View], View]:
        def add(view: View) -> View:
            async def endpoint(request: Request) -> Response:
                seconds = route.limits.wait_seconds
                found = await in_turn(seconds, ask, upload.door, route, request)
                submitted = await submitted_upload(request)
                try:
                    taken = await upload.taken(request, submitted, found)
                    return await in_turn(
                        seconds, answer, view, route, request, submitted, taken, writes=True
                    )
                finally:
                    await submitted.close()

            self._add(route, endpoint)
            return view

        return add

    def _add(self, route: Route, handler: Callable[[Request], Awaitable[Response]]) -> None:
        answered = _Answered(handler, route)
        # Starlette answers HEAD wherever it answers GET.
        endpoint = Endpoint(route.path, answered, methods=[route.method], name=route.name)
        self._added.append((route, endpoint))

    def declared(self) -> list[Route]:
        """What was declared so far."""
        return [route for route, _endpoint in self._added]

    def install(self, app: FastAPI) -> None:
        """Adds the routes to the application."""
        app.router.routes.extend(endpoint for _route, endpoint in self._added)
