"""Refuses what other sites make a browser send, by headers, so that forms need no tokens."""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_same_origin(headers: Headers, address: str) -> bool:
    """Tell by `Sec-Fetch-Site`, else by `Origin`, whether a page of this portal sent a request."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return headers.get("origin") == address


class CrossOriginMiddleware:
    """Fails closed: an unsafe request that is not plainly same-origin is answered 403."""

    def __init__(
        self, app: ASGIApp, address: str, refuse: Callable[[Request, int], Response]
    ) -> None:
        self.app, self.address, self.refuse = app, address, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let safe methods and our own forms through."""
        if (
            scope["type"] == "http"
            and scope["method"] not in SAFE_METHODS
            and not is_same_origin(Headers(scope=scope), self.address)
        ):
            await self.refuse(Request(scope), 403)(scope, receive, send)
            return
        await self.app(scope, receive, send)
