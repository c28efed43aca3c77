"""A process's memory: one stock for all threads, close together, given back, seldom searched."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import mmap
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

# Of glibc's malloc.h.
_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8
# So much may lie free at the end of the stock, and larger pieces have a place of their own, which
# goes with them. glibc raises both by itself, up to 32 MiB, as soon as large pieces come and go.
_KEPT_FREE: Final = 64 * 1024
_GIVEN_BACK_EVERY_SECONDS: Final = 60
# Of Linux's mman.h, since 6.1.
_MADV_COLLAPSE: Final = 25
_HUGE: Final = 2 * 1024 * 1024
_MAPS: Final = Path("/proc/self/maps")
# So much of what becomes a huge page is in use before, at least. The rest is taken as well, so the
# stacks of threads, which are all but empty, stay as they are.
_IN_USE: Final = 0.9


def keep_little() -> None:
    """Has glibc keep one arena: it makes one a thread, each of which keeps what it once held.

    To be called before any other thread has begun, which would have made one by then. Threads of
    Python take turns anyway. Under mixed load a worker took a tenth less memory, and another
    twentieth less since free memory is given back early. Other C libraries have nothing to set.
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


def lie_close() -> int:
    """Has Linux put what is there by now into huge pages; returns how many came of it.

    For a process that has loaded all it needs. Drawing a page walks over tens of megabytes, a few
    bytes here and there; of pages of four kilobytes a processor has not so many places in mind.
    Strangers' first pages take a twentieth less time so, for a megabyte. Nothing is done where
    that cannot be.
    """
    libc = ctypes.CDLL(None)
    if sys.platform != "linux" or not hasattr(libc, "mincore"):
        return 0
    in_use = ctypes.create_string_buffer(_HUGE // mmap.PAGESIZE)

    def advise(start: int) -> bool:
        place, length = ctypes.c_void_p(start), ctypes.c_size_t(_HUGE)
        if libc.mincore(place, length, in_use):
            return False
        pages = sum(page & 1 for page in in_use.raw)
        return pages >= _IN_USE * len(in_use) and not libc.madvise(place, length, _MADV_COLLAPSE)

    return sum(map(advise, _own_memory()))


def _own_memory() -> Iterator[int]:
    """Where this process's own memory can be huge pages: their addresses, if Linux tells."""
    try:
        lines = _MAPS.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        places, allowed, _offset, _device, file, *name = line.split(maxsplit=5)
        if allowed == "rw-p" and file == "0" and name in ([], ["[heap]"]):
            start, end = (int(place, 16) for place in places.split("-"))
            first = -(-start // _HUGE) * _HUGE
            yield from range(first, end - _HUGE + 1, _HUGE)
