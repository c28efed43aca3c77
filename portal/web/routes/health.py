"""Answers for machines: is the process alive, can it work, what may robots read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, PlainTextResponse, Response

from portal import schema
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages

if TYPE_CHECKING:
    from starlette.requests import Request

    from portal.web.site import Site
    from portal.web.visit import Visit

neutral = Pages(localized=False)
PRIVATE = ("passes", "organizing", "profile", "sign-in", "administration", "invitations")


@neutral.asynchronous("GET", "/healthz", name="health.alive", policy=Policy.ANYONE)
async def alive(_request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"}, headers={"cache-control": "no-store"})


@neutral.asynchronous("GET", "/readyz", name="health.ready", policy=Policy.ANYONE)
async def ready(request: Request) -> Response:
    """The database answers and has the schema this code was written for."""
    is_ready = await run_in_threadpool(_is_ready, request.app.state.site)
    return JSONResponse(
        {"status": "ok" if is_ready else "not ready"},
        200 if is_ready else 503,
        {"cache-control": "no-store"},
    )


def _is_ready(site: Site) -> bool:
    try:
        return schema.stored_version(site.database) == schema.VERSION
    except SQLAlchemyError:
        return False


@neutral.get("/robots.txt", name="health.robots", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def robots(visit: Visit) -> Response:
    """Private pages say noindex themselves; robots need not even ask for them."""
    del visit
    rules = "".join(f"Disallow: /*/{private}\n" for private in PRIVATE)
    return PlainTextResponse(f"User-agent: *\n{rules}")
