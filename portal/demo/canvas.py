"""What the demo's pictures are drawn with: colours, land, lines, and the ram's horns."""

from __future__ import annotations

import math
import random
from io import BytesIO
from typing import Final

from PIL import Image, ImageColor, ImageDraw

# What measures are in, and what a picture is at most made; where many are drawn, they are smaller.
SIZE: Final = (1600, 900)
SMALL: Final = (960, 540)
# Drawn so much larger and made smaller, so that lines are smooth.
_FINER: Final = {SIZE: 2, SMALL: 1}
# Of static/css/tokens.css.
WOOL, FELT, THREAD = "#faf8f3", "#f0ebe0", "#d9d0be"
INK, SKY, DISC = "#16232b", "#00607c", "#00afca"
SUN, SUN_WASH, SLAT = "#fec50c", "#fff3cc", "#fffdf6"
MADDER, LEAF = "#a02a1c", "#1d5c3a"
# Sky above, sky below, land behind, land in front, the line of the ornament.
PALETTES: Final = (
    ("#e2f0f3", SUN_WASH, THREAD, SKY, WOOL),
    (SKY, DISC, "#cfe3d5", LEAF, WOOL),
    (SUN_WASH, WOOL, THREAD, MADDER, SLAT),
    (INK, SKY, "#2b3d46", "#0e191f", SUN),
    (FELT, SUN, "#c9a24a", "#5f4300", WOOL),
)


class Canvas:
    """A drawing whose measures are those of the finished picture."""

    def __init__(
        self, palette: tuple[str, ...], chance: random.Random, size: tuple[int, int] = SIZE
    ) -> None:
        self.width, self.height = SIZE
        self.palette, self.chance = palette, chance
        self._size, self._finer = size, _FINER[size]
        self.image = Image.new("RGB", (self.width * self._finer, self.height * self._finer))
        self._draw = ImageDraw.Draw(self.image)

    def sky(self) -> None:
        """From the upper colour to the lower."""
        upper, lower = (ImageColor.getrgb(colour) for colour in self.palette[:2])
        for y in range(self.image.height):
            part = y / self.image.height
            mixed = [round(a + (b - a) * part) for a, b in zip(upper, lower, strict=True)]
            self._draw.line((0, y, self.image.width, y), fill=tuple(mixed))

    def fill(self, colour: str) -> None:
        """One colour everywhere."""
        self._draw.rectangle((0, 0, *self.image.size), fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        """A full circle."""
        box = [self._finer * each for each in (x - radius, y - radius, x + radius, y + radius)]
        self._draw.ellipse(box, fill=colour)

    def ring(self, x: float, y: float, radius: float, width: float, colour: str) -> None:
        """A circle's line."""
        box = [self._finer * each for each in (x - radius, y - radius, x + radius, y + radius)]
        self._draw.ellipse(box, outline=colour, width=round(self._finer * width))

    def line(self, points: list[tuple[float, float]], width: float, colour: str) -> None:
        """A line with round ends."""
        scaled = [(self._finer * x, self._finer * y) for x, y in points]
        self._draw.line(scaled, fill=colour, width=round(self._finer * width), joint="curve")
        for x, y in (points[0], points[-1]):
            self.disc(x, y, width / 2, colour)

    def area(self, points: list[tuple[float, float]], colour: str) -> None:
        """A filled shape."""
        self._draw.polygon([(self._finer * x, self._finer * y) for x, y in points], fill=colour)

    def hills(self, level: float, height: float, colour: str) -> None:
        """Land up to a soft horizon, `level` and `height` as parts of the picture's height."""
        waves = [
            (self.chance.uniform(0.6, 2.4), self.chance.uniform(0, math.tau), 1 / number)
            for number in (1, 2, 4)
        ]
        top = []
        for x in range(0, self.width + 8, 8):
            rise = sum(
                share * math.sin(often * math.tau * x / self.width + begins)
                for often, begins, share in waves
            )
            top.append((float(x), self.height * (level - height * rise)))
        self.area([*top, (self.width, self.height), (0, self.height)], colour)

    def finished(self) -> bytes:
        """As JPEG."""
        written = BytesIO()
        self.image.resize(self._size, Image.Resampling.LANCZOS).save(written, "JPEG", quality=90)
        return written.getvalue()


def curve(
    start: tuple[float, float], *curves: tuple[tuple[float, float], ...]
) -> list[tuple[float, float]]:
    """Points of cubic curves, each of which begins where the one before has ended."""
    points = [start]
    for first, second, end in curves:
        begin = points[-1]
        for step in range(1, 17):
            t = step / 16
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            corners = (begin, first, second, end)
            points.append(
                (
                    sum(w * x for w, (x, _y) in zip(weights, corners, strict=True)),
                    sum(w * y for w, (_x, y) in zip(weights, corners, strict=True)),
                )
            )
    return points


# One half of qoshqar muiiz, the ram's horns, as it stands in the footer of every page: its stem is
# at 0, its unit 64 wide and 24 high.
_HORN: Final = curve(
    (0, 22.5),
    ((0, 19.5), (0, 17), (0, 14)),
    ((0, 6.5), (-5, 3), (-10.5, 3)),
    ((-16.5, 3), (-20, 7), (-20, 11)),
    ((-20, 14.5), (-17.5, 17), (-14.5, 17)),
    ((-11.5, 17), (-9.5, 15), (-9.5, 12.5)),
    ((-9.5, 10.5), (-10.8, 9.2), (-12.7, 9.4)),
)


def horns(canvas: Canvas, x: float, y: float, size: float, colour: str, width: float = 3) -> None:
    """The ornament with the foot of its stem at (x, y), `size` times its unit."""
    for side in (-1, 1):
        points = [(x + side * size * px, y + size * (py - 22.5)) for px, py in _HORN]
        canvas.line(points, width, colour)


def band(canvas: Canvas, y: float, size: float, colour: str, width: float = 3) -> None:
    """A woven band of horns with diamonds between, on a ground line."""
    step = 64 * size
    for number in range(-1, math.ceil(canvas.width / step) + 1):
        x = (number + 0.5) * step
        horns(canvas, x, y, size, colour, width)
        edge, middle = x + step / 2, y - 5.5 * size
        diamond = [
            (edge, middle - 5 * size),
            (edge + 4 * size, middle),
            (edge, middle + 5 * size),
            (edge - 4 * size, middle),
        ]
        canvas.line([*diamond, diamond[0]], width, colour)
    canvas.line([(0, y), (canvas.width, y)], width, colour)
