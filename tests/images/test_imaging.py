"""Strangers' pictures: drawn anew with nothing beside their pixels, or refused with a reason."""

import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from portal import HOME
from portal.i18n.locale import LANGUAGES, use_locale
from portal.media import images as imaging
from portal.media.images import (
    AnimatedError,
    DamagedError,
    NoPictureError,
    TooCostlyError,
    TooManyBytesError,
    TooManyPixelsError,
    TooSmallError,
    UnknownFormatError,
    redrawn,
)
from tests import sample_images

pytestmark = pytest.mark.processes


def redraw(content):
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        return redrawn(file)


def opened(content):
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_kept_in_the_widths_it_has_in_both_formats(kind):
    drawn = redraw(sample_images.picture_file(1_200, 800, kind))
    assert (drawn.width, drawn.height) == (1_200, 800)
    assert sorted(drawn.files) == sorted(
        f"{width}.{extension}" for width in (480, 960, 1_200) for extension in ("webp", "jpg")
    )
    for name, content in drawn.files.items():
        picture = opened(content)
        assert picture.format == {"webp": "WEBP", "jpg": "JPEG"}[name.partition(".")[2]]
        assert picture.width == int(name.partition(".")[0])
        assert picture.height == round(picture.width * 2 / 3)


def test_a_large_picture_is_kept_no_wider_than_pages_show_it():
    drawn = redraw(sample_images.picture_file(4_000, 3_000))
    assert (drawn.width, drawn.height) == (1_600, 1_200)
    assert {int(name.partition(".")[0]) for name in drawn.files} == {480, 960, 1_600}


@pytest.mark.parametrize(
    "make",
    [sample_images.marked_jpeg, sample_images.marked_png, sample_images.marked_webp],
    ids=lambda make: make.__name__,
)
def test_nothing_that_was_said_beside_the_pixels_comes_along(make):
    sent = make()
    assert sent.count(sample_images.MARKER) >= 2
    for content in redraw(sent).files.values():
        assert sample_images.MARKER not in content
        assert b"Exif" not in content
        picture = opened(content)
        assert not picture.getexif()
        assert set(picture.info) <= {
            *("jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"),
            *("loop", "background", "timestamp", "duration"),
        }


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_upright(orientation):
    picture = Image.new("RGB", (600, 400), "white")
    picture.paste("red", (0, 0, 300, 200))
    turned = {
        1: (),
        2: (Image.Transpose.FLIP_LEFT_RIGHT,),
        3: (Image.Transpose.ROTATE_180,),
        4: (Image.Transpose.FLIP_TOP_BOTTOM,),
        5: (Image.Transpose.TRANSPOSE,),
        6: (Image.Transpose.ROTATE_90,),
        7: (Image.Transpose.TRANSVERSE,),
        8: (Image.Transpose.ROTATE_270,),
    }[orientation]
    for turn in turned:
        picture = picture.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    drawn = redraw(sample_images.encoded(picture, exif=exif))
    assert (drawn.width, drawn.height) == (600, 400)
    upright = opened(drawn.files["600.jpg"])
    red, *others = (upright.getpixel(at) for at in ((80, 80), (520, 80), (80, 320), (520, 320)))
    assert red[0] > 200
    assert red[1] < 60
    assert all(min(colour) > 200 for colour in others)


def test_colours_are_those_the_picture_meant():
    """A profile whose primaries are turned round makes another colour of the same numbers."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    plain = Image.new("RGB", (300, 300), (200, 60, 40))
    same = opened(
        redraw(sample_images.encoded(plain, "PNG", icc_profile=lab.tobytes())).files["300.jpg"]
    )
    assert max(abs(a - b) for a, b in zip(same.getpixel((9, 9)), (200, 60, 40), strict=True)) < 6
    broken = redraw(sample_images.encoded(plain, "PNG", icc_profile=b"not a profile"))
    assert (
        max(
            abs(a - b)
            for a, b in zip(
                opened(broken.files["300.jpg"]).getpixel((9, 9)), (200, 60, 40), strict=True
            )
        )
        < 6
    )


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_mode_a_png_may_have_is_drawn(mode):
    picture = (
        Image.new("I;16", (300, 240), 40_000)
        if mode == "I;16"
        else sample_images.drawn().convert(mode)
    )
    drawn = redraw(sample_images.encoded(picture, "PNG"))
    assert opened(drawn.files[f"{drawn.width}.jpg"]).mode == "RGB"
    if mode == "I;16":
        assert abs(opened(drawn.files["300.jpg"]).getpixel((9, 9))[0] - 156) < 3


def test_what_is_transparent_is_white():
    drawn = redraw(sample_images.encoded(Image.new("RGBA", (300, 300), (0, 0, 0, 0)), "PNG"))
    assert min(opened(drawn.files["300.jpg"]).getpixel((9, 9))) > 250


def test_cmyk_and_a_telephones_pair_of_pictures_are_drawn():
    redraw(sample_images.encoded(sample_images.drawn().convert("CMYK")))
    pair = sample_images.encoded(
        sample_images.drawn(), "MPO", save_all=True, append_images=[sample_images.drawn(seed=3)]
    )
    assert redraw(pair).width == 800


REFUSED = {
    "nothing": (b"", NoPictureError),
    "20 MB": (b"\xff\xd8\xff" + bytes(20 * 1024 * 1024), TooManyBytesError),
    "64 megapixels": (sample_images.bomb(), TooManyPixelsError),
    "giant WebP": (
        b"RIFF\x10\0\1\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xff\x3f\0" * 2 + bytes(4_000),
        TooManyPixelsError,
    ),
    "strip": (sample_images.picture_file(3_000, 40), TooSmallError),
    "moving PNG": (sample_images.animated("PNG"), AnimatedError),
    "moving WebP": (sample_images.animated("WEBP"), AnimatedError),
    "moving GIF": (sample_images.animated("GIF"), UnknownFormatError),
    "truncated JPEG": (sample_images.picture_file(kind="JPEG")[:9_000], DamagedError),
    "truncated PNG": (sample_images.picture_file(kind="PNG")[:9_000], DamagedError),
    "truncated WebP": (sample_images.picture_file(kind="WEBP")[:1_500], DamagedError),
    "head alone": (sample_images.picture_file()[:20], UnknownFormatError),
    "GIF and script": (sample_images.GIF_AND_SCRIPT, UnknownFormatError),
    "SVG": (sample_images.SVG, UnknownFormatError),
    "HTML": (sample_images.PAGE, UnknownFormatError),
    "PostScript": (
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 800 600\n" * 9,
        UnknownFormatError,
    ),
    "TIFF": (sample_images.picture_file(kind="TIFF"), UnknownFormatError),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_with_its_reason(name):
    content, reason = REFUSED[name]
    with pytest.raises(reason) as refused:
        redraw(content)
    assert refused.value.field == "picture"
    said = set()
    for language in LANGUAGES:
        with use_locale(language):
            said.add(refused.value.localized())
    assert len(said) == len(LANGUAGES)


def test_a_bomb_is_refused_before_it_is_unpacked():
    """Within a second, the start of the process among it; the best of some, on a busy machine."""
    taken = []
    for _each in range(5):
        begun = time.monotonic()
        with pytest.raises(TooManyPixelsError):
            redraw(sample_images.bomb())
        taken.append(time.monotonic() - begun)
    assert min(taken) < 1


def test_this_process_does_not_grow_with_what_strangers_send():
    """All of it happens elsewhere: 40 million pixels are 160 MB, and none of them come here."""
    largest = sample_images.encoded(Image.new("RGB", (8_000, 5_000), "red"), "PNG")
    redraw(sample_images.picture_file())
    sizes = []
    for content in (largest, largest, sample_images.bomb()):
        with suppress(TooManyPixelsError):
            redraw(content)
        sizes.append(_resident())
    assert all(after - before < 8 * 1024 * 1024 for before, after in pairwise(sizes))
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 100 * 1024


def _resident():
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * resource.getpagesize()


def test_a_decoder_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(imaging, "SECONDS", 0.01)
    with pytest.raises(TooCostlyError):
        redraw(sample_images.picture_file())


def test_a_decoder_that_is_ended_by_its_limits_is_a_refusal(monkeypatch, tmp_path):
    script = tmp_path / "ended.py"
    script.write_text("import os; os.kill(os.getpid(), 9)")
    monkeypatch.setattr(imaging, "_SCRIPT", script)
    with pytest.raises(TooCostlyError):
        redraw(sample_images.picture_file())


def test_a_decoder_does_not_choose_the_names_of_files(monkeypatch, tmp_path):
    script = tmp_path / "hostile.py"
    said = '{"width": 300, "height": 300, "files": [["../../portal.db", 3]]}'
    script.write_text(f"print({said!r}); print('abc', end='')")
    monkeypatch.setattr(imaging, "_SCRIPT", script)
    with pytest.raises(DamagedError):
        redraw(sample_images.picture_file())


SHUT_IN = """
import os, runpy, socket, subprocess, sys
decoder = runpy.run_path(sys.argv[1])
decoder["_warm_up"]()
decoder["_shut_in"]()
opened = []
for attempt in (
    lambda: open("/etc/passwd"),
    lambda: socket.socket(),
    lambda: subprocess.Popen(["/bin/true"]),
    lambda: bytearray(2 * 1024 ** 3),
):
    try:
        opened.append(attempt())
    except (OSError, MemoryError):
        pass
print(len(opened), sorted(os.environ))
"""


def test_the_decoder_can_reach_nothing(tmp_path):
    script = HOME / "portal" / "media" / "image_worker.py"
    done = subprocess.run(
        [sys.executable, "-I", "-c", SHUT_IN, script],
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split()[0] == "0", done.stdout


def test_the_decoder_knows_nothing_of_the_portal():
    script = HOME / "portal" / "media" / "image_worker.py"
    assert "portal" not in {
        line.split()[1].partition(".")[0]
        for line in script.read_text(encoding="utf-8").splitlines()
        if line.startswith(("import ", "from "))
    }
