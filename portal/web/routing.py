"""Declares routes: who may use each, how it may be cached, and where it is answered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool

from portal.web.answering import answer, check_admitted, pass_door
from portal.web.forms import submitted_form, submitted_upload
from portal.web.policies import Cache, Guard, Policy, Route
from portal.web.turns import in_turn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

    from portal.web.site import Site
    from portal.web.uploads import Upload

    View = Callable[..., Response]

PREFIX: Final = "/{language:language}"


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
        return self._uploading(replace(route, most_bytes=upload.most_bytes), upload)

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
                    await run_in_threadpool(check_admitted, route, request)
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
                if route.method == "GET":
                    return await run_in_threadpool(answer, view, route, request, None)
                submitted = await submitted_form(request)
                # For the page that says that nothing can be written now.
                request.state.submitted = submitted
                return await in_turn(answer, view, route, request, submitted)

            self._added.append((route, endpoint))
            return view

        return add

    def _uploading(self, route: Route, upload: Upload) -> Callable[[View], View]:
        def add(view: View) -> View:
            async def endpoint(request: Request) -> Response:
                found = await run_in_threadpool(pass_door, upload.door, route, request)
                submitted = await submitted_upload(request)
                try:
                    taken = await upload.taken(request, submitted, found)
                    return await in_turn(answer, view, route, request, submitted, taken)
                finally:
                    await submitted.close()

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
