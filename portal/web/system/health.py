"""Answers for machines: is the process alive, and can it work."""

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from portal.db import schema
from portal.web.http import Cache, Policy, PortalRouter
from portal.web.http.site import Site

router = PortalRouter(prefix="")


@router.page("/healthz", name="health.alive", policy=Policy.ANYONE, cache=Cache.PRIVATE)
async def alive() -> Response:
    """Say that the process answers."""
    return JSONResponse({"status": "ok"}, headers={"cache-control": "no-store"})


@router.page("/readyz", name="health.ready", policy=Policy.ANYONE, cache=Cache.PRIVATE)
async def ready(request: Request) -> Response:
    """Say whether the database answers and has a schema that this code may serve on."""
    is_ready = await run_in_threadpool(_is_ready, request.app.state.site)
    return JSONResponse(
        {"status": "ok" if is_ready else "not ready"},
        200 if is_ready else 503,
        {"cache-control": "no-store"},
    )


def _is_ready(site: Site) -> bool:
    try:
        return schema.may_serve(site.database)
    except SQLAlchemyError:
        return False
