"""Draws the demo's pictures: calm covers of steppe, ornament and hour wheel, always the same."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Final

from portal.demo import places, signs, things
from portal.demo.canvas import (
    DISC,
    FELT,
    INK,
    LEAF,
    MADDER,
    PALETTES,
    SIZE,
    SKY,
    SLAT,
    SUN,
    SUN_WASH,
    THREAD,
    WOOL,
    Canvas,
    band,
    curve,
    horns,
)


def _steppe(canvas: Canvas) -> None:
    """Sun or moon over three lines of hills."""
    *_sky, behind, front, line = canvas.palette
    x = canvas.width * canvas.chance.uniform(0.25, 0.75)
    canvas.disc(x, canvas.height * 0.42, 120, SUN if line != SUN else SLAT)
    canvas.hills(0.62, 0.05, behind)
    canvas.hills(0.76, 0.04, front)
    band(canvas, canvas.height * 0.95, 2.2, line)


def _shanyraq(canvas: Canvas) -> None:
    """The crown of the yurt from below: a ring of sky with crossed slats and poles running out."""
    *_sky, behind, front, line = canvas.palette
    x, y = canvas.width / 2, canvas.height / 2
    canvas.area(
        [(0, 0), (canvas.width, 0), (canvas.width, canvas.height), (0, canvas.height)], front
    )
    for number in range(36):
        angle = math.tau * number / 36
        ends = [(x + r * math.cos(angle), y + r * math.sin(angle)) for r in (280, 1000)]
        canvas.line(ends, 12, behind)
    canvas.disc(x, y, 270, DISC if front != LEAF else SUN_WASH)
    for turn in (math.pi / 4, -math.pi / 4):
        for apart in (-62, 0, 62):
            along, across = (math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))
            reach = math.sqrt(270**2 - apart**2)
            canvas.line(
                [
                    (
                        x + across[0] * apart + along[0] * side * reach,
                        y + across[1] * apart + along[1] * side * reach,
                    )
                    for side in (-1, 1)
                ],
                14,
                SLAT,
            )
    canvas.ring(x, y, 290, 30, line)


def _wheel(canvas: Canvas) -> None:
    """The hour wheel: a pole for each hour, gold by day, and one that is longer."""
    *_sky, behind, front, line = canvas.palette
    x, y, now = canvas.width / 2, canvas.height * 0.53, canvas.chance.randrange(24)
    canvas.hills(0.82, 0.04, behind)
    canvas.disc(x, y, 330, WOOL)
    for hour in range(24):
        angle = math.tau * (hour - 12) / 24 - math.pi / 2
        length = 300 if hour == now else 250
        ends = [(x + r * math.cos(angle), y + r * math.sin(angle)) for r in (150, length)]
        is_day = 7 <= hour < 20  # noqa: PLR2004 - hours of light, as the pages draw them
        colour = SKY if hour == now else SUN if is_day else THREAD
        canvas.line(ends, 22 if hour == now else 14, colour)
    canvas.ring(x, y, 140, 12, front if front != WOOL else line)


def _dombyra(canvas: Canvas) -> None:
    """A dombyra leaning before the hills."""
    *_sky, behind, front, line = canvas.palette
    canvas.hills(0.7, 0.05, behind)
    x, y, lean = canvas.width * 0.5, canvas.height * 0.68, 0.38
    along, across = (math.sin(lean), -math.cos(lean)), (math.cos(lean), math.sin(lean))

    def at(forward: float, aside: float) -> tuple[float, float]:
        return (
            x + along[0] * forward + across[0] * aside,
            y + along[1] * forward + across[1] * aside,
        )

    body = curve(
        at(-150, 0),
        (at(-150, 130), at(0, 150), at(110, 60)),
        (at(160, 24), at(190, 20), at(210, 16)),
    )
    other = curve(
        at(-150, 0),
        (at(-150, -130), at(0, -150), at(110, -60)),
        (at(160, -24), at(190, -20), at(210, -16)),
    )
    canvas.area([*body, *reversed(other)], "#8a5a2b")
    canvas.line([at(200, 0), at(600, 0)], 30, "#5f3b1a")
    canvas.disc(*at(10, 0), 20, INK)
    for aside in (-6, 6):
        canvas.line([at(-90, aside), at(600, aside)], 2.5, SLAT)
    canvas.hills(0.9, 0.02, front)
    band(canvas, canvas.height * 0.98, 1.6, line, 2.5)


def _felt(canvas: Canvas) -> None:
    """A felt carpet: horns in rows, in two colours laid into each other."""
    *_sky, behind, front, line = canvas.palette
    edge = 90.0
    right, lower = canvas.width - edge, canvas.height - edge
    canvas.area([(edge, edge), (right, edge), (right, lower), (edge, lower)], front)
    canvas.line(
        [(edge, edge), (right, edge), (right, lower), (edge, lower), (edge, edge)], 8, behind
    )
    for row in range(3):
        for column in range(4):
            x = edge + (right - edge) * (column + 0.5) / 4
            y = edge + (lower - edge) * (row + 1) / 3 - 20
            horns(canvas, x, y, 7.5, line if (row + column) % 2 else behind, 16)


def _yurts(canvas: Canvas) -> None:
    """Yurts of an aul under the hills."""
    *_sky, behind, front, line = canvas.palette
    canvas.disc(canvas.width * 0.8, canvas.height * 0.26, 80, SUN)
    canvas.hills(0.6, 0.06, behind)
    canvas.hills(0.72, 0.02, front)
    for part, size in ((0.2, 0.7), (0.76, 0.85), (0.47, 1.25)):
        x, y = canvas.width * part, canvas.height * (0.7 + 0.12 * size)
        wide, wall, roof = 170 * size, 110 * size, 110 * size
        canvas.area(
            [(x - wide, y), (x + wide, y), (x + wide, y - wall), (x - wide, y - wall)], FELT
        )
        dome = curve(
            (x - wide, y - wall),
            (
                (x - wide * 0.7, y - wall - roof * 0.8),
                (x - 40, y - wall - roof),
                (x, y - wall - roof),
            ),
            (
                (x + 40, y - wall - roof),
                (x + wide * 0.7, y - wall - roof * 0.8),
                (x + wide, y - wall),
            ),
        )
        canvas.area(dome, SLAT)
        canvas.line([(x - wide, y - wall), (x + wide, y - wall)], 12 * size, MADDER)
        door = 38 * size
        canvas.area(
            [(x - door, y), (x + door, y), (x + door, y - wall * 0.8), (x - door, y - wall * 0.8)],
            MADDER,
        )
        canvas.disc(x, y - wall - roof, 14 * size, line)


_MOTIFS: Final[dict[str, Callable[[Canvas], None]]] = {
    "steppe": _steppe,
    "shanyraq": _shanyraq,
    "wheel": _wheel,
    "dombyra": _dombyra,
    "felt": _felt,
    "yurts": _yurts,
    "letter": things.letter,
    "book": things.book,
    "kettle": things.kettle,
    "tape": things.tape,
    "board": things.board,
    "table": things.table,
    "shelf": things.shelf,
    "mountains": places.mountains,
    "horse": places.horse,
    "tree": places.tree,
    "bridge": places.bridge,
    "voices": places.voices,
    "cities": places.cities,
    "night": places.night,
    "chest": signs.chest,
    "pairs": signs.pairs,
    "screen": signs.screen,
    "speech": signs.speech,
}
MOTIFS: Final = tuple(_MOTIFS)


def draw(name: str, seed: int, size: tuple[int, int] = SIZE) -> bytes:
    """A picture of one of MOTIFS as JPEG, SIZE or SMALL; the seed chooses colours and land."""
    chance = random.Random(f"{name} {seed}")  # noqa: S311 - the same picture every time
    canvas = Canvas(PALETTES[seed % len(PALETTES)], chance, size)
    canvas.sky()
    _MOTIFS[name](canvas)
    return canvas.finished()
