"""Puts the portal together."""

from __future__ import annotations

import gc
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware import Middleware

from portal import HOME
from portal.database import Database
from portal.guarded import GuardedClient
from portal.sealing import Seal
from portal.settings import Settings, load_settings
from portal.web import errors
from portal.web.cookies import KNOWN_BROWSER_SECONDS, SIGN_IN_SECONDS, SealedCookie
from portal.web.cross_origin import CrossOriginMiddleware
from portal.web.forms import MOST_BYTES
from portal.web.headers import BodyLimitMiddleware, HeadersMiddleware, HostMiddleware
from portal.web.language import LanguageMiddleware
from portal.web.links import Links
from portal.web.live_settings import LiveSettings
from portal.web.policies import Cache, Policy, Route
from portal.web.providers.configured import configured_providers
from portal.web.rate_limits import RateLimiter
from portal.web.request_log import RequestLogMiddleware, set_up_logging
from portal.web.routes import (
    account,
    administration,
    calendar,
    closings,
    contact,
    decisions,
    door,
    editing,
    events,
    feedback,
    following,
    founding,
    health,
    history,
    home,
    hosts,
    initiative_editing,
    initiative_hosts,
    initiative_organizing,
    initiatives,
    invitations,
    moderation,
    moderation_log,
    offices,
    operating,
    organizations,
    organizing,
    participants,
    passes,
    passkeys,
    people,
    profile,
    registrations,
    reports,
    result_cards,
    results,
    rulings,
    second_factor,
    sessions,
    sign_in,
    sign_in_links,
    time_zone,
    translating,
    verification,
    ways,
)
from portal.web.routing import PREFIX, Pages, limit_threads
from portal.web.site import Site
from portal.web.static import Assets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

# In this order requests look for their route: the most visited first, since every miss costs.
ROUTES: tuple[Pages, ...] = (
    events.pages,
    home.pages,
    calendar.pages,
    registrations.pages,
    passes.pages,
    feedback.pages,
    founding.pages,
    initiatives.pages,
    following.pages,
    closings.pages,
    organizations.pages,
    history.pages,
    contact.pages,
    home.root,
    sign_in.pages,
    sign_in.neutral,
    sign_in_links.pages,
    profile.pages,
    sessions.pages,
    second_factor.pages,
    passkeys.pages,
    ways.pages,
    account.pages,
    time_zone.pages,
    organizing.pages,
    initiative_editing.pages,
    initiative_organizing.pages,
    initiative_hosts.pages,
    editing.pages,
    initiative_editing.beginning,
    hosts.pages,
    results.pages,
    result_cards.pages,
    participants.pages,
    people.pages,
    reports.pages,
    decisions.pages,
    moderation.pages,
    rulings.pages,
    moderation_log.pages,
    operating.pages,
    offices.pages,
    translating.pages,
    door.pages,
    invitations.pages,
    founding.editing,
    verification.pages,
    administration.pages,
    health.neutral,
)


class UndeclaredRouteError(Exception):
    """A route nobody declared a policy for; the portal does not start with one."""


def create_app(settings: Settings) -> FastAPI:
    """The portal as an ASGI application."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await limit_threads()
        # What has been loaded by now stays; the collector need not walk over it again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        yield
        app.state.site.database.close()

    app = FastAPI(
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        middleware=[
            Middleware(RequestLogMiddleware),
            Middleware(HeadersMiddleware, is_https=settings.is_https),
            Middleware(LanguageMiddleware),
            Middleware(errors.FaultMiddleware),
            Middleware(HostMiddleware, hosts=settings.hosts, refuse=errors.error_page),
            Middleware(BodyLimitMiddleware, most=MOST_BYTES, refuse=errors.error_page),
            Middleware(CrossOriginMiddleware, address=settings.address, refuse=errors.error_page),
        ],
    )
    assets = Assets(HOME / "static")
    seal = Seal.from_file(settings.seal_key_path)
    for pages in ROUTES:
        pages.install(app)
    app.router.routes.append(assets.route())
    routes = declared_routes()
    errors.install(app)
    app.state.routes = routes
    app.state.site = Site(
        settings=settings,
        database=Database(settings.database, seal),
        assets=assets,
        links=links_of(routes, settings),
        providers=configured_providers(settings),
        sign_in_note=SealedCookie(settings, "sign_in", SIGN_IN_SECONDS),
        known_browser=SealedCookie(settings, "known_browser", KNOWN_BROWSER_SECONDS),
        link_note=SealedCookie(settings, "sign_in_link", SIGN_IN_SECONDS),
        rate_limiter=RateLimiter(settings, seal.index),
        live=LiveSettings(),
        outside=GuardedClient(),
    )
    check_routes(app)
    return app


def links_of(routes: list[Route], settings: Settings) -> Links:
    """Addresses by name."""
    paths = {route.name: route.path.replace(PREFIX, "/{language}") for route in routes}
    return Links(paths, settings.address)


def declared_routes() -> list[Route]:
    """Every route of the portal with its policy and cache class."""
    pages = [route for module in ROUTES for route in module.declared()]
    return [*pages, Route("GET", "/static/{file}", "static", Policy.ANYONE, Cache.FOREVER)]


def declared_links(settings: Settings) -> Links:
    """Addresses without an application, for letters."""
    return links_of(declared_routes(), settings)


def check_routes(app: FastAPI) -> None:
    """Raises UndeclaredRouteError if a route has no policy."""
    declared = {route.name for route in app.state.routes}
    for route in app.router.routes:
        if (name := getattr(route, "name", None)) not in declared:
            raise UndeclaredRouteError(name)


def from_environment() -> FastAPI:
    """For servers that are given a factory: the portal of this process's environment."""
    settings = load_settings()
    set_up_logging(settings.log_level)
    return create_app(settings)
