"""Threads that views are answered in: few, and nobody waits for one for ever."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar, TypeVarTuple, Unpack

import anyio.to_thread
from anyio import CapacityLimiter, WouldBlock, fail_after

if TYPE_CHECKING:
    from collections.abc import Callable

Ts = TypeVarTuple("Ts")
T = TypeVar("T")

# Requests answered at once by one process. Few, because Python runs one at a time anyway: 4 gave
# the same rate as 40 with half the longest waits. Never more than portal.database.CONNECTIONS.
THREADS: Final = 4


class BusyError(Exception):
    """A request waited too long; nothing of it was begun, or what was begun is undone."""


async def limit_threads() -> None:
    """Sets how many requests are worked on at once in this process."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS


async def in_turn(seconds: float, work: Callable[[Unpack[Ts]], T], *values: *Ts) -> T:
    """What `work` returns from a thread; BusyError if none became free in time.

    Once begun it is never given up, so that nobody is told that something failed which is written
    a moment later.
    """
    turns, borrower = anyio.to_thread.current_default_thread_limiter(), object()
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
        return await anyio.to_thread.run_sync(partial(work, *values), limiter=CapacityLimiter(1))
    finally:
        turns.release_on_behalf_of(borrower)
