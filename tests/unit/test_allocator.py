"""What a process gives back of its memory."""

from __future__ import annotations

import asyncio
import ctypes
from types import SimpleNamespace

from portal import allocator


def test_free_memory_is_given_back_again_and_again_until_the_end(monkeypatch):
    asked, ended = [], []

    def trim(left):
        asked.append(left)
        assert not ended

    async def serve():
        async with allocator.giving_back():
            await asyncio.sleep(0.05)
        ended.append(True)
        await asyncio.sleep(0.05)

    monkeypatch.setattr(ctypes, "CDLL", lambda _name: SimpleNamespace(malloc_trim=trim))
    monkeypatch.setattr(allocator, "_GIVEN_BACK_EVERY_SECONDS", 0.001)
    asyncio.run(serve())
    assert len(asked) > 1
    assert set(asked) == {0}


def test_other_libraries_are_asked_nothing(monkeypatch):
    async def serve():
        async with allocator.giving_back():
            await asyncio.sleep(0.01)

    monkeypatch.setattr(ctypes, "CDLL", lambda _name: SimpleNamespace())
    monkeypatch.setattr(allocator, "_GIVEN_BACK_EVERY_SECONDS", 0.001)
    asyncio.run(serve())
