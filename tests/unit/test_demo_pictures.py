"""The demo's pictures are drawn, the same every time, and as the portal takes them."""

from __future__ import annotations

import tomllib
from io import BytesIO

import pytest
from PIL import Image

from portal.demo.canvas import PALETTES
from portal.demo.pictures import MOTIFS, draw
from portal.demo.programme import FOLDER
from portal.i18n import LANGUAGES


@pytest.mark.parametrize("name", MOTIFS)
def test_a_picture_is_the_same_every_time(name):
    first = draw(name, 1)
    picture = Image.open(BytesIO(first))
    assert (picture.format, picture.size) == ("JPEG", (1600, 900))
    assert draw(name, 1) == first
    assert len(picture.resize((80, 45)).getcolors(80 * 45)) > 20


def test_another_seed_is_another_picture():
    assert len({draw("steppe", seed) for seed in range(len(PALETTES) + 1)}) == len(PALETTES) + 1


def test_covers_of_the_programme_are_of_its_events_and_described_in_every_language():
    rows = {
        kind: [
            row
            for path in FOLDER.glob("*.toml")
            for row in tomllib.loads(path.read_text("utf-8")).get(kind, [])
        ]
        for kind in ("event", "cover")
    }
    events = {row["key"] for row in rows["event"]}
    assert len(rows["cover"]) >= 6
    for row in rows["cover"]:
        assert row["event"] in events
        assert row["motif"] in MOTIFS
        assert row["alt"].keys() == set(LANGUAGES)
