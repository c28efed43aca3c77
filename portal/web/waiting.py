"""Pages that ask to come again later, and carry on what was typed."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from starlette.responses import HTMLResponse, Response

from portal import clock, dates
from portal.web.cross_origin import SAFE_METHODS
from portal.web.pages import render_page

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request

    from portal.domain.moderation.maintenance import MaintenanceError
    from portal.web.rate_limits import TooOftenError

# Maintenance that lasts longer than was thought.
SOON: Final = timedelta(minutes=1)
# After how long a request that had to wait too long is worth a try.
BUSY_SECONDS: Final = 10


def too_often_page(request: Request, error: TooOftenError) -> Response:
    """When to go on, and a button that sends what was typed once more."""
    now = clock.now()
    html = render_page(
        request.app.state.site,
        request,
        None,
        "errors/too_often.html",
        {
            "action": request.url.path,
            "typed": _texts_of(error.submitted) if error.submitted else [],
            "when": dates.relative(max(error.until, now), now),
        },
    )
    seconds = max(1, math.ceil((error.until - now).total_seconds()))
    return HTMLResponse(html, 429, {"cache-control": "no-store", "retry-after": str(seconds)})


def maintenance_page(request: Request, error: MaintenanceError) -> Response:
    """When to go on, and a button that sends what was typed once more."""
    now = clock.now()
    until = max(error.until, now + SOON)
    submitted = getattr(request.state, "submitted", None)
    html = render_page(
        request.app.state.site,
        request,
        None,
        "errors/maintenance.html",
        {
            "action": request.url.path,
            "typed": None if submitted is None else _texts_of(submitted),
            "when": dates.relative(until, now),
        },
    )
    seconds = math.ceil((until - now).total_seconds())
    return HTMLResponse(html, 503, {"cache-control": "no-store", "retry-after": str(seconds)})


def busy_page(request: Request) -> Response:
    """That it would have taken too long, and a button or a link to try once more."""
    submitted = getattr(request.state, "submitted", None)
    context = {
        "action": with_query(request.url.path, request),
        "typed": None if submitted is None else _texts_of(submitted),
        "is_form": request.method not in SAFE_METHODS,
    }
    html = render_page(request.app.state.site, request, None, "errors/busy.html", context)
    headers = {"cache-control": "no-store", "retry-after": str(BUSY_SECONDS)}
    return HTMLResponse(html, 503, headers)


def _texts_of(submitted: FormData) -> list[tuple[str, str]]:
    return [(name, value) for name, value in submitted.multi_items() if isinstance(value, str)]


def with_query(path: str, request: Request) -> str:
    """An address with the query of the one that was asked for."""
    query = request.url.query
    return f"{path}?{query}" if query else path
