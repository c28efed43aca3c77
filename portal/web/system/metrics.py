"""For those who watch over the portal: metrics, reports of browsers, whom to tell of a hole."""

import json
import logging
import secrets
import time
from datetime import timedelta
from typing import Any, Final

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from portal.config.providers import is_loopback
from portal.core import clock
from portal.db.query_hints import literal
from portal.domain.emails.models import Email, Notification, State
from portal.domain.moderation.maintenance import expected_end
from portal.i18n.locale import LANGUAGES
from portal.web.http import Cache, Policy, PortalRouter
from portal.web.http.limits import REPORT
from portal.web.http.middleware.security_headers import CONTENT_SECURITY_POLICY
from portal.web.http.site import Site
from portal.web.system.status import numbers

logger = logging.getLogger("portal.csp")
router = PortalRouter(prefix="")

LASTS: Final = timedelta(days=180)
# So many reports a minute are logged by one process; the others are counted only.
MAX_LOGGED: Final = 30
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_REPORTS: Final = frozenset({"application/csp-report", "application/json"})
# Browsers name parts of the policy that it does not have itself, such as script-src-elem.
_DIRECTIVES: Final = frozenset(
    each + ending
    for each in (part.split()[0] for part in CONTENT_SECURITY_POLICY.split("; "))
    for ending in ("", "-elem", "-attr")
)


@router.page(
    "/.well-known/security.txt",
    name="monitoring.security",
    policy=Policy.ANYONE,
    cache=Cache.PRIVATE,
)
async def security(request: Request) -> Response:
    """Show whom to tell of a hole (RFC 9116), where the operator has said so."""
    site: Site = request.app.state.site
    settings = site.settings
    if not settings.security_contact:
        raise HTTPException(404)
    until = (clock.now() + LASTS).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: {settings.security_contact}",
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(LANGUAGES)}",
        f"Canonical: {settings.address}/.well-known/security.txt",
    )
    return PlainTextResponse("\n".join(lines) + "\n", headers={"cache-control": "no-store"})


@router.form("/csp-reports", name="monitoring.csp_report", policy=Policy.ANYONE, limits=REPORT)
async def csp_report(request: Request) -> Response:
    """Count a report by its directive alone: addresses in it can hold secrets and are dropped."""
    site: Site = request.app.state.site
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _REPORTS:
        raise HTTPException(415)
    directive = _directive_in(await request.body())
    site.meters.record_report(directive)
    if site.meters.may_log(time.monotonic(), MAX_LOGGED):
        logger.warning("csp report", extra={"fields": {"directive": directive}})
    return Response(status_code=204, headers={"cache-control": "no-store"})


def _directive_in(content: bytes) -> str:
    """Return the directive a report names; `unreadable` and `other` for whatever else was sent."""
    try:
        report: Any = json.loads(content)["csp-report"]
        named = str(report.get("effective-directive") or report["violated-directive"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return "unreadable"
    first = named.split(" ", maxsplit=1)[0]
    return first if first in _DIRECTIVES else "other"


@router.page("/metrics", name="monitoring.metrics", policy=Policy.ANYONE, cache=Cache.PRIVATE)
async def metrics(request: Request) -> Response:
    """Return numbers for Prometheus, given its token or, without one, from this machine alone."""
    site: Site = request.app.state.site
    if not _may_see(request, site.settings.metrics_token):
        raise HTTPException(404)
    gauges = await run_in_threadpool(_gauges, site)
    headers = {"cache-control": "no-store", "content-type": CONTENT_TYPE_PLAIN_0_0_4}
    return Response(site.meters.exposition(gauges), headers=headers)


def _may_see(request: Request, token: str) -> bool:
    if token:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return secrets.compare_digest(given.encode(), token.encode())
    # A proxy on this machine that forgets to say for whom it asks must open nothing.
    is_direct = not any(name in request.headers for name in _FORWARDED)
    return is_direct and request.client is not None and is_loopback(request.client.host)


def _gauges(site: Site) -> dict[str, float]:
    """Return what waits and what failed; of a small part of the outbox, by its index."""
    now, gauges = clock.now(), {}
    with site.database.reading() as db:
        for name, table in (("emails", Email), ("notifications", Notification)):
            due = select(func.count(), func.min(table.due_at)).where(
                table.state == literal(State.QUEUED), table.due_at <= now
            )
            number, since = db.execute(due).one()
            gauges[f"portal_{name}_due"] = float(number)
            waits = (now - since).total_seconds() if since else 0.0
            gauges[f"portal_{name}_longest_wait_seconds"] = waits
            lost = select(func.count()).where(table.state == literal(State.UNDELIVERED))
            gauges[f"portal_{name}_undelivered"] = float(db.scalar(lost) or 0)
        known = numbers(site, db)
        gauges["portal_worker_last_round_timestamp_seconds"] = known.worker_ran_at
        gauges["portal_backup_last_timestamp_seconds"] = known.backup_made_at
        gauges["portal_disk_free_bytes"] = known.disk_free_bytes
        gauges["portal_page_cache_bytes"] = known.page_cache_bytes
        gauges["portal_maintenance"] = float(expected_end(db) is not None)
    return gauges
