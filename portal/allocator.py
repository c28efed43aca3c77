"""A process's memory: one stock for all threads, what is free given back, and few collections."""

from __future__ import annotations

import ctypes
import gc
from typing import Final

# Of glibc's malloc.h.
_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8
# So much may lie free at the end of the stock, and larger pieces have a place of their own, which
# goes with them. glibc raises both by itself, up to 32 MiB, as soon as large pieces come and go.
_KEPT_FREE: Final = 64 * 1024


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


def collect_seldom() -> None:
    """Has the collector leave alone what is there by now, and look less often at what comes.

    For processes that serve one portal until they end: what is frozen is never given back. Without
    it the collector walks over all that has been loaded again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
