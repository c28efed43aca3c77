"""No provider makes the portal read more than its few kilobytes."""

from collections.abc import AsyncIterator
from typing import Any, Final

import httpx

MAX_BYTES: Final = 512 * 1024


class _Limited(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MAX_BYTES
        async for part in self._stream:
            left -= len(part)
            if left < 0:
                raise httpx.ReadError("too long an answer")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _ask_plainly(request: httpx.Request) -> None:
    request.headers["accept-encoding"] = "identity"


async def _limit(answer: httpx.Response) -> None:
    # A kilobyte of a compressed answer can become a gigabyte, and nobody asked for one.
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise httpx.ReadError("a compressed answer", request=answer.request)
    if isinstance(answer.stream, httpx.AsyncByteStream):
        answer.stream = _Limited(answer.stream)


# httpx calls these around every request, also around those that Authlib signs.
HOOKS: Final[dict[str, list[Any]]] = {"request": [_ask_plainly], "response": [_limit]}
