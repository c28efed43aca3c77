"""Security headers on every answer, errors included, and the host allow-list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Sequence

    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; object-src 'none'; report-uri /csp-reports"
)
FIXED = (
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
# What a route may say otherwise.
DEFAULTS = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"referrer-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
HSTS = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")


class HeadersMiddleware:
    """Adds what a route does not set itself."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self.app = app
        self._fixed = [*FIXED, *([HSTS] if is_https else [])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wraps `send`."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _value in message["headers"]}
                missing = [header for header in DEFAULTS if header[0] not in given]
                message["headers"] = [*message["headers"], *self._fixed, *missing]
            await send(message)

        await self.app(scope, receive, send_with_headers)


class HostMiddleware:
    """Answers only to the names the operator gave; everything else is misdirected (421)."""

    def __init__(
        self,
        app: ASGIApp,
        hosts: frozenset[str],
        refuse: Callable[[Request, int], Response],
    ) -> None:
        self.app, self.hosts, self.refuse = app, hosts, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Checks the Host header without its port."""
        if scope["type"] == "http":
            host = Headers(scope=scope).get("host", "").lower()
            name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
            if name.strip("[]") not in self.hosts:
                await self.refuse(Request(scope), 421)(scope, receive, send)
                return
        await self.app(scope, receive, send)


class BodyLimitMiddleware:
    """Takes no more from a client than the longest form needs; 413 beyond that.

    `uploads` are the paths at which more is taken, with their own limits.
    """

    def __init__(
        self,
        app: ASGIApp,
        most: int,
        uploads: Sequence[tuple[re.Pattern[str], int]],
        refuse: Callable[[Request, int], Response],
    ) -> None:
        self.app, self.most, self.uploads, self.refuse = app, most, uploads, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Believes a length that is announced, and counts what comes without one."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = self._most_for(scope)
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdigit() or len(announced) > 12 or int(announced) > most:  # noqa: PLR2004
            await self.refuse(Request(scope), 413)(scope, receive, send)
            return
        taken = 0

        async def receive_and_count() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise HTTPException(413)
            return message

        await self.app(scope, receive_and_count, send)

    def _most_for(self, scope: Scope) -> int:
        if scope["method"] != "POST":
            return self.most
        return next((most for path, most in self.uploads if path.match(scope["path"])), self.most)
