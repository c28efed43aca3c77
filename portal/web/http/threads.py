"""Threads that requests are answered in: few, and nobody waits for one for ever."""

from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar, TypeVarTuple, Unpack

from anyio import CapacityLimiter, WouldBlock, fail_after, to_thread
from anyio.lowlevel import RunVar

from portal.db.outages import BusyError

Ts = TypeVarTuple("Ts")
T = TypeVar("T")

# Requests answered at once by one process, readers and writers each: nobody reads behind a lock.
# Few, because Python runs one at a time anyway: 4 gave the same rate as 40 with half the longest
# waits. Both together are never more than portal.db.engine.CONNECTIONS.
THREADS: Final = 4

_writers: RunVar[CapacityLimiter] = RunVar("portal.web.http.threads")


async def set_thread_limits() -> None:
    """Set how many readers are answered at once in this process."""
    to_thread.current_default_thread_limiter().total_tokens = THREADS


def threads_for(*, writes: bool) -> CapacityLimiter:
    """Return the threads of readers or of writers."""
    if not writes:
        return to_thread.current_default_thread_limiter()
    try:
        return _writers.get()
    except LookupError:
        turns = CapacityLimiter(THREADS)
        _writers.set(turns)
        return turns


async def in_thread(
    seconds: float,
    work: Callable[[Unpack[Ts]], T],
    *values: *Ts,
    writes: bool = False,
) -> T:
    """Return what `work` returns from a thread; BusyError if none became free in time."""
    # Once begun it is never given up: nobody is told of a failure that is written a moment later.
    turns, borrower = threads_for(writes=writes), object()
    try:
        turns.acquire_on_behalf_of_nowait(borrower)
    except WouldBlock:
        try:
            with fail_after(seconds):
                await turns.acquire_on_behalf_of(borrower)
        except TimeoutError:
            raise BusyError from None
    try:
        # The turn has been taken; anyio must not ask for another one.
        return await to_thread.run_sync(partial(work, *values), limiter=CapacityLimiter(1))
    finally:
        turns.release_on_behalf_of(borrower)
