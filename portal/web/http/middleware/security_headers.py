"""Security headers on every answer, errors included, and the host allow-list."""

from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.web.http.static import PREFIX

# Whoever asks for another name than ours (RFC 9110, 15.5.20).
MISDIRECTED: Final = 421
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; object-src 'none'; report-uri /csp-reports"
)
FIXED = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),  # for browsers that do not know frame-ancestors
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
        """Wrap `send`."""
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
    """Answers 421 unless the operator gave the name; static files, alike for all, go out anyway."""

    def __init__(
        self,
        app: ASGIApp,
        hosts: frozenset[str],
        refuse: Callable[[Request, int], Response],
    ) -> None:
        self.app, self.hosts, self.refuse = app, hosts, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the Host header without its port."""
        if scope["type"] == "http":
            host = Headers(scope=scope).get("host", "").lower()
            before, _colon, port = host.rpartition(":")
            name = before if port.isascii() and port.isdigit() else host
            if name.strip("[]") not in self.hosts and not scope["path"].startswith(PREFIX):
                await self.refuse(Request(scope), MISDIRECTED)(scope, receive, send)
                return
        await self.app(scope, receive, send)
