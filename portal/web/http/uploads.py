"""Files that people send: from whom, how large, and what is made of them before a view answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import anyio.to_thread
from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from starlette.datastructures import FormData
from starlette.requests import Request

from portal.core.refusals import Refusal
from portal.web.http.limits import Limits

# Files worked on at once by one process, in threads of their own: pages do not wait for them.
WORKERS: Final = 2
_workers: Final = RunVar[CapacityLimiter]("uploads")


@dataclass(frozen=True)
class Upload:
    """What a route that takes a file declares.

    `door` is a view's beginning, asked before a byte of the file is read: it raises what keeps
    somebody out. `take` is given what the door found out, and works outside the view's transaction
    and its thread, so that nobody waits for it. What it returns, or the Refusal it raises, is the
    view's `ctx.taken`.
    """

    limits: Limits
    door: Callable[..., Any]
    take: Callable[[Request, FormData, Any], object]

    async def taken(self, request: Request, submitted: FormData, found: Any) -> object:
        """What has become of the file."""
        work = partial(self.take, request, submitted, found)
        try:
            return await anyio.to_thread.run_sync(work, limiter=_limiter())
        except Refusal as refusal:
            return refusal


def _limiter() -> CapacityLimiter:
    try:
        return _workers.get()
    except LookupError:
        made = CapacityLimiter(WORKERS)
        _workers.set(made)
        return made
