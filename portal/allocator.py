"""A process's memory: one stock for all threads, what is free given back, and few collections."""

from __future__ import annotations

import asyncio
import ctypes
import gc
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

# Of glibc's malloc.h.
_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8
# So much may lie free at the end of the stock, and larger pieces have a place of their own, which
# goes with them. glibc raises both by itself, up to 32 MiB, as soon as large pieces come and go.
_KEPT_FREE: Final = 64 * 1024
_GIVEN_BACK_EVERY_SECONDS: Final = 60


def keep_little() -> None:
    """Has glibc keep one arena: it makes one a thread, each of which keeps what it once held.

    Threads of Python take turns anyway. Under mixed load a worker took a tenth less memory, and
    another twentieth less since free memory is given back early. Other C libraries have nothing to
    set.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_TRIM_THRESHOLD, _KEPT_FREE)
        mallopt(_M_MMAP_THRESHOLD, _KEPT_FREE)


@asynccontextmanager
async def giving_back() -> AsyncIterator[None]:
    """Gives back each minute, while the block lasts, what lies free between what is in use.

    glibc gives back the end of its stock by itself, and never a page before it. Under mixed load
    that was a twentieth of a worker; it takes a millisecond or two.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)

    async def each_minute() -> None:
        while trim is not None:
            await asyncio.sleep(_GIVEN_BACK_EVERY_SECONDS)
            trim(0)

    giving = asyncio.create_task(each_minute())
    try:
        yield
    finally:
        giving.cancel()
        with suppress(asyncio.CancelledError):
            await giving


def collect_seldom() -> None:
    """Has the collector leave alone what is there by now, and look less often at what comes.

    For processes that serve one portal until they end: what is frozen is never given back. Without
    it the collector walks over all that has been loaded again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
