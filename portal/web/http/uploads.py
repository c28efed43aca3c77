"""What views with a file ask FastAPI for."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import anyio.to_thread
from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from fastapi import Depends
from starlette.datastructures import FormData
from starlette.requests import Request

from portal.core.refusals import Refusal
from portal.web.http.forms import read_upload
from portal.web.http.transactions import in_reading

# Files worked on at once by one process, in threads of their own: pages do not wait for them.
WORKERS: Final = 2
_workers: Final = RunVar[CapacityLimiter]("uploads")


@dataclass(frozen=True)
class Received:
    """A form with a file: its fields, and what `take` made of the file or why it refused it."""

    data: FormData
    outcome: Any


def received(check: Callable[..., Any], take: Callable[[Request, FormData, Any], object]) -> Any:
    """Depend on a file, which is the second part of a view's `picture: Annotated[Received, …]`.

    `check(ctx, **path)` runs before a byte of the file is read, to raise what refuses the sender.
    `take` gets what it returned, outside transactions and threads; its Refusal becomes the outcome.
    """

    async def read(request: Request) -> AsyncIterator[Received]:
        path = {name: value for name, value in request.path_params.items() if name != "language"}
        found = await in_reading(request, check, **path)
        data = await read_upload(request)
        try:
            yield Received(data, await _taken(partial(take, request, data, found)))
        finally:
            await data.close()

    return Depends(read)


async def _taken(work: Callable[[], object]) -> object:
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
