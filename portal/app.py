"""Puts the portal together."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from portal import HOME
from portal.config.settings import Settings, load_settings
from portal.core.encryption import Seal
from portal.core.urls import Links
from portal.db.changes.revision_reader import RevisionReader, revision_reader
from portal.db.engine import Database
from portal.domain.moderation.maintenance import refuse_writing
from portal.media.storage import Storage
from portal.net.machine_translation import Machine
from portal.net.safe_http import GuardedClient
from portal.observability.metrics import Meters
from portal.observability.tracing import Tracing, tracing_of
from portal.server_memory import collect_seldom, giving_back, keep_little, lie_close
from portal.web.caching.fragments import Parts
from portal.web.caching.pages import KeptPages
from portal.web.errors import handlers as errors
from portal.web.http.batching import Turnstile
from portal.web.http.cookies import (
    KNOWN_BROWSER_SECONDS,
    SIGN_IN_SECONDS,
    SealedCookie,
    session_cookie,
)
from portal.web.http.limits import DATABASE_SECONDS, FORM, PAGE, Limits
from portal.web.http.live_settings import LiveSettings
from portal.web.http.middleware.body_limits import BodyLimitMiddleware
from portal.web.http.middleware.csrf import CrossOriginMiddleware
from portal.web.http.middleware.language import PREFIX, LanguageMiddleware
from portal.web.http.middleware.page_cache import PageCacheMiddleware
from portal.web.http.middleware.request_log import RequestLogMiddleware, set_up_logging
from portal.web.http.middleware.security_headers import HeadersMiddleware, HostMiddleware
from portal.web.http.middleware.tracing import TracingMiddleware
from portal.web.http.policies import Cache, Policy, Route
from portal.web.http.rate_limits import RateLimiter
from portal.web.http.site import Site
from portal.web.http.static import Assets
from portal.web.http.threads import limit_readers
from portal.web.organizations.admin_access import ERRAND_SECONDS
from portal.web.providers.configured import configured_providers
from portal.web.routers import ROUTES


class UndeclaredRouteError(Exception):
    """A route nobody declared a policy for; the portal does not start with one."""


class Portal(FastAPI):
    """FastAPI within layers of our own, which do all that those it brings along would do.

    Each of them is gone through twice a request; `layers` are ours, the outermost first.
    """

    def __init__(self, *, layers: Sequence[Middleware], **rest: Any) -> None:
        super().__init__(**rest)
        self._layers = layers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; FastAPI sees to the first, and to how the server begins and ends."""
        layers = self.middleware_stack
        if layers is None or scope["type"] == "lifespan":
            await super().__call__(scope, receive, send)
            return
        scope["app"] = self
        await layers(scope, receive, send)

    def build_middleware_stack(self) -> ASGIApp:
        """Ours, around what answers refusals with pages.

        Left out are FastAPI's and Starlette's for faults and for large bodies, which
        `errors.FaultMiddleware` and `BodyLimitMiddleware` see to, for telemetry, and for files
        of its own kind of form.
        """
        app: ASGIApp = ExceptionMiddleware(self.router, handlers=self.exception_handlers)
        for each in reversed(self._layers):
            app = each.cls(app, *each.args, **each.kwargs)
        return app


def create_app(settings: Settings) -> Portal:
    """The portal as an ASGI application."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await limit_readers()
        async with giving_back():
            yield
        database.close()

    seal = Seal.from_file(settings.seal_key_path)
    database = Database(settings.database, seal, DATABASE_SECONDS, settings.standby_url)
    database.guard = refuse_writing
    tracing = tracing_of(settings.traces_url)
    if tracing:
        tracing.follow(database)
    kept_pages = KeptPages(settings.page_cache * 1024 * 1024) if settings.page_cache else None
    reader = revision_reader(database)
    app = Portal(
        layers=[
            *traces(tracing),
            Middleware(RequestLogMiddleware),
            *page_cache(settings, reader, kept_pages),
            Middleware(HeadersMiddleware, is_https=settings.is_https),
            Middleware(LanguageMiddleware),
            Middleware(errors.FaultMiddleware),
            Middleware(HostMiddleware, hosts=settings.hosts, refuse=errors.error_page),
            Middleware(BodyLimitMiddleware, special=special_limits(), refuse=errors.error_page),
            Middleware(CrossOriginMiddleware, address=settings.address, refuse=errors.error_page),
        ],
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    assets = Assets(HOME / "static")
    for pages in ROUTES:
        pages.install(app)
    app.router.routes.append(assets.route())
    routes = declared_routes()
    errors.install(app)
    app.state.routes = routes
    app.state.site = Site(
        settings=settings,
        database=database,
        assets=assets,
        links=links_of(routes, settings),
        providers=configured_providers(settings),
        sign_in_note=SealedCookie(settings, "sign_in", SIGN_IN_SECONDS),
        known_browser=SealedCookie(settings, "known_browser", KNOWN_BROWSER_SECONDS),
        link_note=SealedCookie(settings, "sign_in_link", SIGN_IN_SECONDS),
        errand_note=SealedCookie(settings, "errand", ERRAND_SECONDS),
        rate_limiter=RateLimiter(settings, seal.index),
        live=LiveSettings(),
        outside=GuardedClient(),
        storage=Storage(settings),
        machine=Machine.of(settings),
        meters=Meters(),
        turnstile=Turnstile(database),
        kept_pages=kept_pages,
        parts=Parts(reader),
    )
    check_routes(app)
    return app


def links_of(routes: list[Route], settings: Settings) -> Links:
    """Addresses by name."""
    return Links(paths_of(routes), settings.address)


def declared_routes() -> list[Route]:
    """Every route of the portal with its policy and cache class."""
    pages = [route for module in ROUTES for route in module.declared()]
    return [*pages, Route("GET", "/static/{file}", "static", Policy.ANYONE, Cache.FOREVER)]


def paths_of(routes: list[Route]) -> dict[str, str]:
    """The templates of paths by the names of routes."""
    return {route.name: route.path.replace(PREFIX, "/{language}") for route in routes}


def special_limits() -> list[tuple[str, re.Pattern[str], Limits]]:
    """Methods and paths of routes whose limits are not those of any page or form."""
    return [
        (route.method, compile_path(route.path)[0], route.limits)
        for route in declared_routes()
        if route.limits not in {PAGE, FORM}
    ]


def declared_links(settings: Settings) -> Links:
    """Addresses without an application, for letters."""
    return links_of(declared_routes(), settings)


def traces(tracing: Tracing | None) -> list[Middleware]:
    """What tells of requests, where the operator wants to know."""
    if tracing is None:
        return []
    return [Middleware(TracingMiddleware, tracing=tracing, paths=paths_of(declared_routes()))]


def page_cache(
    settings: Settings, reader: RevisionReader, pages: KeptPages | None
) -> list[Middleware]:
    """What answers strangers from kept pages, unless the operator gives it no room."""
    public = [
        compile_path(route.path)[0] for route in declared_routes() if route.cache is Cache.PUBLIC
    ]
    if pages is None:
        return []
    cache = Middleware(
        PageCacheMiddleware,
        reader=reader,
        pages=pages,
        public=public,
        hosts=settings.hosts,
        session=session_cookie(settings),
    )
    return [cache]


def check_routes(app: FastAPI) -> None:
    """Raises UndeclaredRouteError if a route has no policy."""
    declared = {route.name for route in app.state.routes}
    for route in app.router.routes:
        if (name := getattr(route, "name", None)) not in declared:
            raise UndeclaredRouteError(name)


def from_environment() -> Portal:
    """For servers that are given a factory: the portal of this process's environment."""
    keep_little()
    settings = load_settings()
    set_up_logging(settings.log_level, settings.error_reports_url)
    app = create_app(settings)
    collect_seldom()
    lie_close()
    return app
