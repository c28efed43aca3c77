"""Pages that ask to come again later, and carry on what was typed."""

import math
from datetime import datetime, timedelta
from typing import Final

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from portal.core import clock
from portal.domain.moderation.maintenance import MaintenanceError
from portal.i18n import dates
from portal.web.http.layout import render_page
from portal.web.http.rate_limits import TooOftenError

# Maintenance that lasts longer than was thought.
SOON: Final = timedelta(minutes=1)


def too_often_page(request: Request, error: TooOftenError) -> Response:
    """Return when to go on, and a button that sends what was typed once more."""
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
    """Return the page shown during maintenance."""
    return unwritten_page(request, max(error.until, clock.now() + SOON), is_maintained=True)


def unwritten_page(request: Request, until: datetime, *, is_maintained: bool) -> Response:
    """Return the page shown while nothing can be written; files are not kept."""
    now = clock.now()
    submitted = getattr(request.state, "submitted", None)
    html = render_page(
        request.app.state.site,
        request,
        None,
        "errors/unwritten.html",
        {
            "is_maintained": is_maintained,
            "action": with_query(request.url.path, request),
            "typed": None if submitted is None else _texts_of(submitted),
            "when": dates.relative(until, now),
        },
    )
    seconds = math.ceil((until - now).total_seconds())
    return HTMLResponse(html, 503, {"cache-control": "no-store", "retry-after": str(seconds)})


def _texts_of(submitted: FormData) -> list[tuple[str, str]]:
    return [(name, value) for name, value in submitted.multi_items() if isinstance(value, str)]


def with_query(path: str, request: Request) -> str:
    """Return an address with the query of the one that was asked for."""
    query = request.url.query
    return f"{path}?{query}" if query else path
