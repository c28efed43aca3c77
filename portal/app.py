"""Puts the portal together."""

import gc
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.routing import compile_path
from starlette.types import ASGIApp

from portal import HOME
from portal.config.settings import Settings, load_settings
from portal.core.encryption import Seal
from portal.core.urls import Links
from portal.db.changes.revision_reader import revision_reader
from portal.db.engine import Database
from portal.domain.moderation.maintenance import refuse_writes
from portal.domain.registrations.sign_up_batch import decide_sign_ups
from portal.media.storage import Storage
from portal.net.machine_translation import Machine
from portal.net.safe_http import SafeClient
from portal.observability.metrics import Meters
from portal.observability.tracing import tracing_of
from portal.web.caching.fragments import FragmentStore
from portal.web.caching.pages import PageStore
from portal.web.errors import handlers as errors
from portal.web.http.batching import BatchQueue
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
from portal.web.http.policies import Cache, Declaration, Policy
from portal.web.http.rate_limits import RateLimiter
from portal.web.http.site import Site
from portal.web.http.static import Assets
from portal.web.http.threads import set_thread_limits
from portal.web.organizations.admin_access import ADMIN_ACCESS_SECONDS
from portal.web.providers.configured import configured_providers
from portal.web.routers import ROUTERS


def create_app(settings: Settings) -> FastAPI:
    """Build the portal; `with_page_cache` wraps it for servers."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await set_thread_limits()
        yield
        database.close()

    seal = Seal.from_file(settings.seal_key_path)
    database = Database(settings.database, seal, DATABASE_SECONDS, settings.standby_url)
    database.guard = refuse_writes
    app = FastAPI(
        middleware=[
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
    for router in ROUTERS:
        app.include_router(router)
    assets = Assets(HOME / "static")
    app.router.routes.append(assets.route())
    errors.install(app)
    app.state.site = Site(
        settings=settings,
        database=database,
        assets=assets,
        links=declared_links(settings),
        providers=configured_providers(settings),
        sign_in_cookie=SealedCookie(settings, "sign_in", SIGN_IN_SECONDS),
        known_browser=SealedCookie(settings, "known_browser", KNOWN_BROWSER_SECONDS),
        link_cookie=SealedCookie(settings, "sign_in_link", SIGN_IN_SECONDS),
        admin_access_cookie=SealedCookie(settings, "admin_access", ADMIN_ACCESS_SECONDS),
        rate_limiter=RateLimiter(settings, seal.index),
        live=LiveSettings(),
        outside=SafeClient(),
        storage=Storage(settings),
        machine=Machine.of(settings),
        meters=Meters(),
        sign_ups=BatchQueue(database, decide_sign_ups),
        page_store=PageStore(settings.page_cache * 1024 * 1024) if settings.page_cache else None,
        fragments=FragmentStore(revision_reader(database)),
    )
    return app


def with_page_cache(app: FastAPI) -> ASGIApp:
    """Wrap the application: traces > request log > page cache > FastAPI."""
    site: Site = app.state.site
    settings, served = site.settings, cast("ASGIApp", app)
    if site.page_store is not None:
        served = PageCacheMiddleware(
            served,
            reader=site.fragments.reader,
            pages=site.page_store,
            public=[
                compile_path(declared.path)[0]
                for declared in declarations()
                if declared.cache is Cache.PUBLIC
            ],
            hosts=settings.hosts,
            session=session_cookie(settings),
        )
    served = RequestLogMiddleware(served, site.meters)
    tracing = tracing_of(settings.traces_url)
    if tracing:
        tracing.follow(site.database)
        served = TracingMiddleware(served, tracing=tracing, paths=paths_of(declarations()))
    return served


def declarations() -> list[Declaration]:
    """List what every route declares: its policy and cache class."""
    pages = [declared for router in ROUTERS for declared in router.declarations()]
    return [*pages, Declaration("GET", "/static/{file}", "static", Policy.ANYONE, Cache.FOREVER)]


def paths_of(declared: list[Declaration]) -> dict[str, str]:
    """Map the names of routes to the templates of their paths."""
    return {each.name: each.path.replace(PREFIX, "/{language}") for each in declared}


def special_limits() -> list[tuple[str, re.Pattern[str], Limits]]:
    """List methods and paths of routes whose limits are not those of any page or form."""
    return [
        (each.method, compile_path(each.path)[0], each.limits)
        for each in declarations()
        if each.limits not in {PAGE, FORM}
    ]


def declared_links(settings: Settings) -> Links:
    """Return addresses without an application, for emails."""
    return Links(paths_of(declarations()), settings.address)


def from_environment() -> ASGIApp:
    """Build the portal of this process's environment, for servers that take a factory."""
    settings = load_settings()
    set_up_logging(settings.log_level, settings.error_reports_url)
    app = with_page_cache(create_app(settings))
    # The collector leaves alone what is loaded by now: it lives as long as the process.
    gc.collect()
    gc.freeze()
    return app
