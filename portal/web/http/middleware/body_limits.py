"""Takes no more from a client, and waits no longer for it, than the route's limits say."""

import re
from collections.abc import Callable, Sequence

from anyio import current_time, fail_after
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.web.http.limits import FORM, PAGE, Limits


class BodyLimitMiddleware:
    """Answers 413 or 408; `special` maps methods and paths with limits unlike those of forms."""

    def __init__(
        self,
        app: ASGIApp,
        special: Sequence[tuple[str, re.Pattern[str], Limits]],
        refuse: Callable[[Request, int], Response],
    ) -> None:
        self.app, self.special, self.refuse = app, special, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Believes a length that is announced, and counts what comes without one."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limits = self._limits_of(scope["method"], scope["path"])
        announced = Headers(scope=scope).get("content-length", "0")
        if not _is_within(announced, limits.max_bytes):
            await self.refuse(Request(scope), 413)(scope, receive, send)
            return
        taken, is_whole, until = 0, False, current_time() + limits.body_seconds

        async def receive_and_count() -> Message:
            nonlocal taken, is_whole
            if is_whole:  # what is waited for now is that the client goes away
                return await receive()
            try:
                with fail_after(max(0.0, until - current_time())):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408) from None
            is_whole = not message.get("more_body", False)
            taken += len(message.get("body", b""))
            if taken > limits.max_bytes:
                raise HTTPException(413)
            return message

        await self.app(scope, receive_and_count, send)

    def _limits_of(self, method: str, path: str) -> Limits:
        for of_method, of_path, limits in self.special:
            if of_method == method and of_path.match(path):
                return limits
        return PAGE if method in {"GET", "HEAD"} else FORM


def _is_within(announced: str, limit: int) -> bool:
    # "²" is a digit to Python, and no number.
    is_number = announced.isascii() and announced.isdigit()
    return is_number and len(announced) <= 12 and int(announced) <= limit  # noqa: PLR2004
