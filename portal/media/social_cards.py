"""Pictures that go with a link where it is shared: 1200 by 630, in the portal's own look."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any, Final

from PIL.Image import Image
from PIL.ImageDraw import ImageDraw

from portal import HOME

SIZE: Final = (1200, 630)
# Some thirty kilobytes each.
MAX_CACHED: Final = 64
# The light palette of static/css/tokens.css.
WOOL: Final = (250, 248, 243)
FELT: Final = (240, 235, 224)
INK: Final = (22, 35, 43)
INK_2: Final = (76, 88, 94)
SKY: Final = (0, 96, 124)
SKY_WASH: Final = (226, 240, 243)
SUN: Final = (254, 197, 12)
CORD: Final = (133, 123, 105)
MARGIN: Final = 72
BAND: Final = 72
# Drawn so many times larger and then made smaller, since Pillow's lines have hard edges.
FINER: Final = 3
TITLE_SIZES: Final = (76, 68, 60, 52, 46)
MAX_LINES: Final = (3, 3, 4, 4, 4)
LEADING: Final = 1.2
COLOURS: Final = 64
# The ornament of templates/base.html as the points of its Bézier curves, in a tile of 64 by 24.
_HORN: Final = (
    ((32, 14), (32, 6.5), (27, 3), (21.5, 3)),
    ((21.5, 3), (15.5, 3), (12, 7), (12, 11)),
    ((12, 11), (12, 14.5), (14.5, 17), (17.5, 17)),
    ((17.5, 17), (20.5, 17), (22.5, 15), (22.5, 12.5)),
    ((22.5, 12.5), (22.5, 10.5), (21, 9.2), (19.3, 9.4)),
)
_ARABIC: Final = range(0x0600, 0x0700)
# One at a time: drawing takes a processor's whole attention for some hundredths of a second.
_rendering = threading.Lock()


@dataclass(frozen=True, slots=True)
class Card:
    """What a picture says."""

    title: str
    # When and where, or what it is.
    line: str
    # Who is behind it.
    by: str
    site_name: str


@lru_cache(maxsize=MAX_CACHED)
def png_of(card: Card) -> bytes:
    """Return the picture, drawn once; the words are the key, so it can be old but never wrong."""
    with _rendering:
        return _render(card)


def _render(card: Card) -> bytes:
    from PIL import ImageDraw  # noqa: PLC0415 - a process that shows no card need not load it

    image = _background().copy()
    draw = ImageDraw.Draw(image)
    draw.text(
        (MARGIN + 68, MARGIN + 26),
        card.site_name,
        fill=INK,
        anchor="lm",
        **_font(32, card.site_name),
    )
    bottom = SIZE[1] - BAND - 48
    wide = SIZE[0] - 2 * MARGIN
    if card.by:
        by = _cut(draw, card.by, 30, wide, bold=False)
        draw.text((MARGIN, bottom), by, fill=INK_2, anchor="ls", **_font(30, by, bold=False))
        bottom -= 50
    if card.line:
        line = _cut(draw, card.line, 36, wide)
        draw.text((MARGIN, bottom), line, fill=SKY, anchor="ls", **_font(36, line))
        bottom -= 66
    top = MARGIN + 92
    size, lines = _fitting(draw, card.title, wide, bottom - top)
    for number, line in enumerate(lines):
        at = (MARGIN, top + number * size * LEADING)
        draw.text(at, line, fill=INK, anchor="la", **_font(size, line))
    written = BytesIO()
    # Flat colours: a palette takes a third of the bytes and looks the same.
    image.quantize(COLOURS).save(written, "PNG", optimize=True)
    return written.getvalue()


def _fitting(draw: ImageDraw, text: str, wide: int, high: float) -> tuple[int, list[str]]:
    """Return the largest size at which a title has room, and its lines; the rest is cut."""
    for size, most in zip(TITLE_SIZES, MAX_LINES, strict=True):
        lines = _wrapped(draw, text, size, wide)
        if len(lines) <= most and len(lines) * size * LEADING <= high:
            return size, lines
    size = TITLE_SIZES[-1]
    room = max(1, min(MAX_LINES[-1], int(high / (size * LEADING))))
    lines = _wrapped(draw, text, size, wide)
    last = _cut(draw, " ".join(lines[room - 1 :]), size, wide)
    return size, [*lines[: room - 1], last]


def _wrapped(draw: ImageDraw, text: str, size: int, wide: int) -> list[str]:
    """Lines broken between words, and inside those that are wider than a line."""
    lines = [""]
    for word in _pieces(draw, text, size, wide):
        longer = f"{lines[-1]} {word}".strip()
        if _width(draw, longer, size) <= wide:
            lines[-1] = longer
        else:
            lines.append(word)
    return [line for line in lines if line]


def _pieces(draw: ImageDraw, text: str, size: int, wide: int) -> Iterator[str]:
    for word in text.split():
        rest = word
        while _width(draw, rest, size) > wide:
            fits = next(
                n for n in range(len(rest) - 1, 0, -1) if _width(draw, rest[:n], size) <= wide
            )
            yield rest[:fits]
            rest = rest[fits:]
        yield rest


def _cut(draw: ImageDraw, text: str, size: int, wide: int, *, bold: bool = True) -> str:
    """Return the text in one line, with an ellipsis where it would be longer."""
    if _width(draw, text, size, bold=bold) <= wide:
        return text
    short = text
    while short and _width(draw, f"{short}…", size, bold=bold) > wide:
        short = short[:-1].rstrip()
    return f"{short}…"


def _width(draw: ImageDraw, text: str, size: int, *, bold: bool = True) -> float:
    return draw.textlength(text, **_font(size, text, bold=bold))


def _font(size: int, text: str, *, bold: bool = True) -> dict[str, Any]:
    """Pillow's arguments for a text, by the script it is in."""
    is_joined = any(ord(character) in _ARABIC for character in text)
    return {"font": _loaded(size, is_joined=is_joined, bold=bold)}


@lru_cache(maxsize=32)
def _loaded(size: int, *, is_joined: bool, bold: bool) -> Any:
    from PIL import ImageFont  # noqa: PLC0415 - see _drawn

    family = "NotoSansArabic" if is_joined else "NotoSans"
    name = f"{family}-{'Bold' if bold else 'Regular'}.ttf"
    return ImageFont.truetype(HOME / "portal" / "media" / "fonts" / name, size)


@lru_cache(maxsize=1)
def _background() -> Image:
    """Return what all cards share: the mark, the opening of the yurt, the ornament below."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - see _drawn

    image = Image.new("RGB", (SIZE[0] * FINER, SIZE[1] * FINER), WOOL)
    draw = ImageDraw.Draw(image)
    _shanyraq(draw, (SIZE[0] - 110, 110), 300, SKY_WASH)
    _shanyraq(draw, (MARGIN + 26, MARGIN + 26), 26, SKY)
    band = SIZE[1] - BAND
    draw.rectangle(_scaled((0, band, *SIZE)), FELT)
    draw.rectangle(_scaled((0, band - 6, SIZE[0], band)), SUN)
    for tile in range(0, SIZE[0], 128):
        _horn(draw, tile, band + 12)
    return image.resize(SIZE, Image.Resampling.LANCZOS)


def _shanyraq(draw: ImageDraw, middle: tuple[int, int], radius: int, colour: Any) -> None:
    """static/images/mark.svg: a ring of 13.25 and two pairs of slats, in a square of 32."""
    x, y = middle
    unit = radius / 15
    draw.ellipse(
        _scaled((x - radius, y - radius, x + radius, y + radius)),
        outline=colour,
        width=round(3.5 * unit * FINER),
    )
    turn = 0.5**0.5
    for near in (-3.3, 3.3):
        for along in (((near, -12), (near, 12)), ((-12, near), (12, near))):
            ends = [(x + (a - b) * turn * unit, y + (a + b) * turn * unit) for a, b in along]
            draw.line([_scaled(end) for end in ends], colour, round(2.1 * unit * FINER))


def _horn(draw: ImageDraw, left: float, top: float) -> None:
    """Draw one tile of the ornament, twice as large as on pages."""
    for mirrored in (False, True):
        points = [(64 - x if mirrored else x, y) for curve in _HORN for x, y in _points(curve)]
        drawn = [_scaled((left + 2 * x, top + 2 * y)) for x, y in [(32, 22.5), *points]]
        draw.line(drawn, CORD, 2 * FINER, joint="curve")
    for line in (
        ((0, 12), (4, 17), (0, 22)),
        ((64, 12), (60, 17), (64, 22)),
        ((0, 22.5), (64, 22.5)),
    ):
        draw.line([_scaled((left + 2 * x, top + 2 * y)) for x, y in line], CORD, 2 * FINER)


def _points(curve: tuple[tuple[float, float], ...]) -> Iterator[tuple[float, float]]:
    """Yield a cubic Bézier curve as twelve short lines."""
    for step in range(13):
        t = step / 12
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        yield (
            sum(w * x for w, (x, _y) in zip(weights, curve, strict=True)),
            sum(w * y for w, (_x, y) in zip(weights, curve, strict=True)),
        )


def _scaled(numbers: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(number * FINER for number in numbers)
