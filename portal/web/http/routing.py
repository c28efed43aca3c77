"""Routers whose routes declare who may use them and how their answers are cached."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Match
from starlette.types import Scope

from portal.core.refusals import NotFoundError
from portal.web.http.limits import FORM, PAGE, Limits
from portal.web.http.middleware.language import PREFIX
from portal.web.http.policies import Cache, Declaration, Guard, Policy
from portal.web.http.transactions import in_one_transaction

# Where a route's Declaration stands among its options.
DECLARED: Final = "x-declaration"
# Any text may be searched for; these views keep NULs from the database themselves.
_TAKING_ANY_QUERY: Final = frozenset({"search.show", "search.suggest"})

View = TypeVar("View", bound=Callable[..., Any])


class UndeclaredRouteError(Exception):
    """A route without a policy; the portal does not start with one."""


class PortalRoute(APIRoute):
    """A view in one transaction and thread; UndeclaredRouteError unless a PortalRouter made it."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        declaration = (options.get("openapi_extra") or {}).get(DECLARED)
        if not isinstance(declaration, Declaration):
            raise UndeclaredRouteError(path)
        self.declaration = declaration
        super().__init__(path, in_one_transaction(endpoint, declaration), **options)


class PortalRouter(APIRouter):
    """Routes of a module, in every language unless `prefix` is empty; `guard` is their policy."""

    def __init__(self, *, prefix: str = PREFIX, guard: Guard = Guard.IF_OF_EVERYBODY) -> None:
        super().__init__(
            prefix=prefix,
            route_class=PortalRoute,
            default_response_class=HTMLResponse,
            dependencies=[Depends(refuse_nul)],
        )
        self._guard = guard
        self._first_segments: set[str] = set()

    def page(  # noqa: PLR0913 - what a page may declare
        self,
        path: str,
        *,
        name: str,
        policy: Policy,
        cache: Cache,
        brief: bool = False,
        second_factor: bool = False,
        limits: Limits = PAGE,
        max_seconds: float | None = None,
    ) -> Callable[[View], View]:
        """Declare a page that only reads; HEAD is answered too.

        With `second_factor` it is asked for before any record is looked up.
        A brief one reads a few rows by an index: from a local SQLite file it is rendered where the
        request arrived, since a thread costs a third of its time. `max_seconds` ends a slow view.
        """
        return self._declare(
            Declaration(
                *("GET", self.prefix + path, name, policy, cache),
                guard=Guard.ALWAYS if second_factor else self._guard,
                limits=limits,
                is_brief=brief,
                max_seconds=max_seconds,
            )
        )

    def form(
        self,
        path: str,
        *,
        name: str,
        policy: Policy,
        second_factor: bool = False,
        limits: Limits = FORM,
        max_seconds: float | None = None,
    ) -> Callable[[View], View]:
        """Declare the target of a form without files; answers of 400 and above write nothing."""
        return self._declare(
            Declaration(
                *("POST", self.prefix + path, name, policy, Cache.PRIVATE),
                guard=Guard.ALWAYS if second_factor else self._guard,
                limits=limits,
                max_seconds=max_seconds,
            )
        )

    def upload(
        self, path: str, *, name: str, policy: Policy, limits: Limits
    ) -> Callable[[View], View]:
        """Declare the target of a form with a file, which the view asks for by `received`."""
        return self._declare(
            Declaration(
                *("POST", self.prefix + path, name, policy, Cache.PRIVATE),
                guard=self._guard,
                limits=limits,
                takes_file=True,
            )
        )

    def declarations(self) -> list[Declaration]:
        """List what the routes declare."""
        return [route.declaration for route in self.routes if isinstance(route, PortalRoute)]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Skip all routes at once if none begins with the path's first segment."""
        if not self._first_segments.isdisjoint((_first_segment(scope["path"], self.prefix), "{")):
            return super().matches(scope)
        return Match.NONE, {}

    def _declare(self, declaration: Declaration) -> Callable[[View], View]:
        path = declaration.path.removeprefix(self.prefix)
        first = path[1:].partition("/")[0]
        self._first_segments.add("{" if "{" in first else first)
        return self.api_route(
            path,
            methods=["GET", "HEAD"] if declaration.method == "GET" else [declaration.method],
            name=declaration.name,
            response_model=None,
            openapi_extra={DECLARED: declaration},
        )


async def refuse_nul(request: Request) -> None:
    """Raise NotFoundError for an address with a NUL: PostgreSQL takes none."""
    scope = request.scope
    if "\0" in scope["path"] or (
        b"%00" in scope["query_string"] and scope["route"].name not in _TAKING_ANY_QUERY
    ):
        raise NotFoundError


def _first_segment(path: str, prefix: str) -> str:
    """Return the first segment of a path, after the language if there is one."""
    segments = path.split("/", 3)
    place = 2 if prefix else 1
    return segments[place] if len(segments) > place else ""
