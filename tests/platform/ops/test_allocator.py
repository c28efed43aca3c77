"""What a process gives back of its memory."""

import asyncio
import ctypes
import platform
import subprocess
import sys
from types import SimpleNamespace

import pytest

from portal import server_memory

# Where the kernel can make huge pages when it is told to.
CAN: bool = sys.platform == "linux" and tuple(
    map(int, platform.release().split("-")[0].split(".")[:2])
) >= (6, 1)


def test_free_memory_is_given_back_again_and_again_until_the_end(monkeypatch):
    asked, ended = [], []

    def trim(left):
        asked.append(left)
        assert not ended

    async def serve():
        async with server_memory.giving_back():
            await asyncio.sleep(0.05)
        ended.append(True)
        await asyncio.sleep(0.05)

    monkeypatch.setattr(ctypes, "CDLL", lambda _name: SimpleNamespace(malloc_trim=trim))
    monkeypatch.setattr(server_memory, "_GIVEN_BACK_EVERY_SECONDS", 0.001)
    asyncio.run(serve())
    assert len(asked) > 1
    assert set(asked) == {0}


def test_other_libraries_are_asked_nothing(monkeypatch):
    async def serve():
        async with server_memory.giving_back():
            await asyncio.sleep(0.01)

    monkeypatch.setattr(ctypes, "CDLL", lambda _name: SimpleNamespace())
    monkeypatch.setattr(server_memory, "_GIVEN_BACK_EVERY_SECONDS", 0.001)
    asyncio.run(serve())


# In a process of its own, since this one's memory would never be as it was.
ASKING = """
import re
from pathlib import Path

from portal.server_memory import lie_close

def kibibytes(name):
    return int(re.search(name + r":\\s+(\\d+)", Path("/proc/self/smaps_rollup").read_text())[1])

used = bytearray(b"x") * (16 << 20)
before, resident = kibibytes("AnonHugePages"), kibibytes("Rss")
made = lie_close()
assert used == bytearray(b"x") * len(used)
print(made, kibibytes("AnonHugePages") - before, kibibytes("Rss") - resident)
"""


@pytest.mark.skipif(not CAN, reason="the kernel makes no huge pages by itself")
def test_what_is_in_use_lies_in_huge_pages_and_takes_hardly_more():
    asked = subprocess.run([sys.executable, "-c", ASKING], capture_output=True, check=True)
    made, huge, more = map(int, asked.stdout.split())
    assert made >= 7
    assert huge >= made * 2048 * 0.9
    assert more < huge * 0.1 + 1024


def test_stacks_and_files_are_left_alone(monkeypatch):
    advised = []

    def mincore(_start, _length, in_use):
        in_use.raw = bytes(len(in_use))
        return 0

    fake = SimpleNamespace(mincore=mincore, madvise=lambda *asked: advised.append(asked) or 0)
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: fake)
    assert server_memory.lie_close() == 0
    assert advised == []


def test_where_nothing_can_be_advised_nothing_is(monkeypatch, tmp_path):
    monkeypatch.setattr(server_memory, "_MAPS", tmp_path / "maps")
    assert server_memory.lie_close() == 0
    monkeypatch.undo()
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: SimpleNamespace())
    assert server_memory.lie_close() == 0
