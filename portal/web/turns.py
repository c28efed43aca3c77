"""Threads of those who write, apart from the readers': nobody reads behind a lock."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import anyio
from anyio import to_thread
from anyio.lowlevel import RunVar

from portal.outages import PATIENCE, BusyError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

# Requests answered at once by one process, readers and writers each. Few, because Python runs one
# at a time anyway: 4 gave the same rate as 40 with half the longest waits. Both together are never
# more than portal.database.CONNECTIONS.
THREADS: Final = 4


class _Line(NamedTuple):
    places: anyio.Semaphore
    threads: anyio.CapacityLimiter


_line: RunVar[_Line] = RunVar("portal.web.turns")


async def in_turn(write: Callable[..., T], *arguments: object) -> T:
    """What writes, in one of its threads; raises BusyError if no turn comes for too long."""
    try:
        line = _line.get()
    except LookupError:
        line = _Line(anyio.Semaphore(THREADS), anyio.CapacityLimiter(THREADS))
        _line.set(line)
    try:
        with anyio.fail_after(PATIENCE):
            await line.places.acquire()
    except TimeoutError:
        raise BusyError from None
    try:
        return await to_thread.run_sync(partial(write, *arguments), limiter=line.threads)
    finally:
        line.places.release()


async def limit_readers() -> None:
    """Sets how many readers are answered at once in this process."""
    to_thread.current_default_thread_limiter().total_tokens = THREADS
