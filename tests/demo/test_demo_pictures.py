"""The demo's pictures are drawn, the same every time, and as the portal takes them."""

from io import BytesIO

import pytest
from PIL import Image

from portal.demo.canvas import PALETTES, SIZE, SMALL
from portal.demo.pictures import MOTIFS, draw


@pytest.mark.parametrize("name", MOTIFS)
def test_a_picture_is_the_same_every_time(name):
    first = draw(name, 1, SMALL)
    picture = Image.open(BytesIO(first))
    assert (picture.format, picture.size) == ("JPEG", SMALL)
    assert draw(name, 1, SMALL) == first
    assert len(picture.resize((80, 45)).getcolors(80 * 45)) > 20


def test_another_seed_is_another_picture():
    drawn = {draw("steppe", seed) for seed in range(len(PALETTES) + 1)}
    assert len(drawn) == len(PALETTES) + 1
    assert {Image.open(BytesIO(each)).size for each in drawn} == {SIZE}
