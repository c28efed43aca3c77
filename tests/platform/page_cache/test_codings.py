"""Which coding an answer is packed with."""

from pathlib import Path

import pytest

from portal.web.caching.compression import COMPRESSIONS, compression_for
from tests.unpacking import UNPACK

SHEET = b"".join(path.read_bytes() for path in sorted(Path("static/css").rglob("*.css")))
TEXT = "Бір түп алма ағашы".encode() * 100


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br", "br"),
        ("*", "br"),
        ("GZIP;q=0.5", "gzip"),
        ("gzip;q=1.0, br;q=0.9", "gzip"),
        ("br ; q=0, *;q=0.3", "gzip"),
        ("br;q=0, gzip;q=0, *", None),
        ("gzip; q=0.0, *", "br"),
        ("deflate, gzip;q=1.000", "gzip"),
        ("", None),
        ("identity", None),
        ("zstd", None),
        ("gzip, zstd", "gzip"),
        ("gzip;q=0.5, br;q=0.9", "br"),
        ("gzip;q=0", None),
        ("*;q=0", None),
        ("gzip;q=-1", None),
        ("gzip;q=nothing", None),
        ("gzip;q=nan", None),
        ("gzipped", None),
        ("gzip" + " " * 300, None),
        (", ,;;=", None),
    ],
)
def test_the_best_that_is_taken_is_chosen(accepted, coding):
    found = compression_for(accepted)
    assert (found and found.name) == coding


@pytest.mark.parametrize("coding", COMPRESSIONS, ids=lambda coding: coding.name)
def test_what_is_packed_is_the_same_unpacked_and_every_time(coding):
    unpack = UNPACK[coding.name]
    for way in (coding.pack, coding.press):
        assert unpack(way(TEXT)) == TEXT
        assert way(TEXT) == way(TEXT)
        assert len(way(TEXT)) < len(TEXT) / 5


def test_what_is_preferred_is_the_smaller():
    sizes = [len(coding.press(SHEET)) for coding in COMPRESSIONS]
    assert sizes == sorted(sizes)
