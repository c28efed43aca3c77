"""Motifs of the demo's pictures that are things: what lies on tables, stands on shelves, sounds."""

from __future__ import annotations

import math
from collections.abc import Callable

from portal.demo.canvas import (
    DISC,
    FELT,
    INK,
    LEAF,
    MADDER,
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

OAK, WALNUT, CRUST = "#a8743d", "#5f3b1a", "#d99a2b"


def letter(canvas: Canvas) -> None:
    """Sheets of a letter, written from the right to the left, on a cloth."""
    *_sky, behind, front, line = canvas.palette
    canvas.fill(front)
    band(canvas, 130, 3.2, behind, 5)
    band(canvas, canvas.height - 40, 3.2, behind, 5)
    for lean, x, y, paper in ((-0.14, 640.0, 470.0, THREAD), (0.06, 860.0, 440.0, SLAT)):
        at = _leaning(x, y, lean)
        canvas.area([at(-330, -300), at(330, -300), at(330, 300), at(-330, 300)], paper)
    at = _leaning(860, 440, 0.06)
    for row in range(7):
        y, x, end = -220 + 70.0 * row, 270.0, -300.0 if row < 6 else 20.0  # noqa: PLR2004 - the last
        while (word := canvas.chance.uniform(50, 110)) < x - end:
            stroke = [
                at(x - word * part / 12, y + 9 * math.sin(part * 1.9 + row) * (part % 5 > 0))
                for part in range(13)
            ]
            canvas.line(stroke, 7, INK)
            canvas.disc(*at(x - word / 2, y + canvas.chance.choice((-26, 24))), 5, INK)
            x -= word + 26
    canvas.disc(*at(-230, 230), 34, MADDER if front != MADDER else line)


def _leaning(x: float, y: float, lean: float) -> Callable[[float, float], tuple[float, float]]:
    turn, rise = math.cos(lean), math.sin(lean)
    return lambda across, down: (x + across * turn - down * rise, y + across * rise + down * turn)


def book(canvas: Canvas) -> None:
    """An open book before the hills."""
    *_sky, behind, front, line = canvas.palette
    canvas.hills(0.55, 0.05, behind)
    canvas.hills(0.82, 0.02, front)
    x, y = canvas.width / 2, 650.0
    for side in (-1, 1):
        cover = [(x, y + 40), (x + side * 520, y), (x + side * 520, y - 350), (x, y - 290)]
        canvas.area(cover, WALNUT)
        top = curve(
            (x, y - 310),
            ((x + side * 120, y - 420), (x + side * 360, y - 400), (x + side * 490, y - 380)),
        )
        low = curve(
            (x, y + 20),
            ((x + side * 120, y - 70), (x + side * 360, y - 50), (x + side * 490, y - 20)),
        )
        canvas.area([*top, *reversed(low)], SLAT if side < 0 else WOOL)
        for row in range(6):
            drop = 60 + 48 * row
            ends = [(px, py + drop) for px, py in top[3:14] if not (side < 0 and row > 3)]  # noqa: PLR2004
            if ends:
                canvas.line(ends, 7, THREAD)
    horns(canvas, x - 240, y - 90, 4, MADDER, 9)
    canvas.line([(x, y - 300), (x, y + 30)], 6, THREAD)
    canvas.line([(x + 40, y - 20), (x + 60, y + 120)], 16, line if line != WOOL else MADDER)


def kettle(canvas: Canvas) -> None:
    """A kettle that has just boiled, and bowls."""
    *_sky, behind, front, line = canvas.palette
    canvas.hills(0.6, 0.04, behind)
    canvas.area([(0, 720), (canvas.width, 720), (canvas.width, 900), (0, 900)], front)
    x, y = 720.0, 700.0
    body = SKY if front != SKY else MADDER
    canvas.line(
        curve((x - 150, y - 300), ((x - 330, y - 640), (x + 330, y - 640), (x + 150, y - 300))),
        26,
        WALNUT,
    )
    spout = curve((x + 190, y - 120), ((x + 330, y - 130), (x + 300, y - 290), (x + 400, y - 330)))
    canvas.line(spout, 62, body)
    for side in (-1, 1):
        half = curve(
            (x, y - 350), ((x + side * 220, y - 350), (x + side * 320, y - 60), (x + side * 190, y))
        )
        canvas.area([*half, (x, y)], body)
    canvas.area(
        [(x - 150, y - 320), (x + 150, y - 320), (x + 110, y - 370), (x - 110, y - 370)], WALNUT
    )
    canvas.disc(x, y - 392, 28, SUN)
    horns(canvas, x, y - 80, 5.5, SUN_WASH, 12)
    for number in range(3):
        sway = 40 * (number - 1)
        start = (x + 415 + sway / 3, y - 370.0)
        steam = curve(
            start,
            (
                (start[0] + 60, start[1] - 70),
                (start[0] - 60 + sway, start[1] - 130),
                (start[0] + sway, start[1] - 230),
            ),
        )
        canvas.line(steam, 12, WOOL)
    for bowl in (1180, 1390):
        canvas.area(
            [
                *curve(
                    (bowl - 90.0, y - 70),
                    ((bowl - 80.0, y + 20), (bowl + 80.0, y + 20), (bowl + 90.0, y - 70)),
                )
            ],
            WOOL,
        )
        canvas.line([(bowl - 88, y - 66), (bowl + 88, y - 66)], 10, DISC)
    band(canvas, 880, 2, line, 3)


def tape(canvas: Canvas) -> None:
    """Two reels of a tape recorder, mountains behind."""
    *_sky, behind, front, line = canvas.palette
    canvas.hills(0.42, 0.12, behind)
    canvas.area([(170, 200), (1430, 200), (1430, 820), (170, 820)], front)
    canvas.line([(170, 200), (1430, 200), (1430, 820), (170, 820), (170, 200)], 10, line)
    canvas.line([(300, 640), (700, 745), (900, 745), (1300, 560)], 8, OAK)
    for x, wound in ((500, 190), (1100, 120)):
        canvas.disc(x, 450, 215, FELT)
        canvas.disc(x, 450, wound, WALNUT)
        canvas.disc(x, 450, 62, SLAT)
        for number in range(3):
            angle = math.tau * number / 3 + (0.4 if x < canvas.width / 2 else 1)
            canvas.disc(x + 32 * math.cos(angle), 450 + 32 * math.sin(angle), 15, front)
    canvas.area([(700, 700), (900, 700), (900, 770), (700, 770)], THREAD)
    horns(canvas, 800, 756, 1.9, MADDER, 5)


def board(canvas: Canvas) -> None:
    """A board of togyzqumalaq in the middle of a game."""
    *_sky, behind, front, _line = canvas.palette
    canvas.fill(front)
    band(canvas, 110, 2.6, behind, 4)
    band(canvas, 880, 2.6, behind, 4)
    canvas.area([(110, 160), (1490, 160), (1490, 770), (110, 770)], OAK)
    canvas.line([(110, 160), (1490, 160), (1490, 770), (110, 770), (110, 160)], 14, WALNUT)
    for row, (top, low) in enumerate(((200, 385), (545, 730))):
        for house in range(9):
            x = 215 + 146.0 * house
            canvas.line([(x, top + 40), (x, low - 40)], 96, WALNUT)
            stones = canvas.chance.randrange(1, 10)
            for stone in range(stones):
                across, down = stone % 2, stone // 2
                colour = SLAT if row else SUN
                canvas.disc(x - 20 + 40 * across, top + 18 + 36 * down, 17, colour)
    for y in (425, 505):
        canvas.line([(240, y), (1360, y)], 62, WALNUT)
        for stone in range(canvas.chance.randrange(9, 22)):
            canvas.disc(260 + 46 * stone, y, 17, SUN if y < 460 else SLAT)  # noqa: PLR2004


def table(canvas: Canvas) -> None:
    """A dastarkhan from above: bowls of tea, and baursaqs of every shape."""
    *_sky, behind, front, line = canvas.palette
    canvas.fill(front)
    x, y = canvas.width / 2, canvas.height / 2
    canvas.disc(x, y, 420, SLAT)
    canvas.ring(x, y, 405, 16, MADDER if front != MADDER else SKY)
    for number in range(24):
        angle = math.tau * number / 24
        canvas.disc(x + 355 * math.cos(angle), y + 355 * math.sin(angle), 15, behind)
    canvas.disc(x, y, 150, FELT)
    canvas.ring(x, y, 150, 8, THREAD)
    for number in range(30):
        angle, far = canvas.chance.uniform(0, math.tau), 118 * math.sqrt(number / 30)
        bx, by = x + far * math.cos(angle), y + far * math.sin(angle)
        canvas.disc(bx, by, 25, CRUST)
        canvas.disc(bx - 7, by - 7, 12, SUN)
    for number in range(7):
        angle = math.tau * number / 7 + 0.2
        bx, by = x + 255 * math.cos(angle), y + 255 * math.sin(angle)
        canvas.disc(bx, by, 62, WOOL)
        canvas.ring(bx, by, 62, 7, DISC)
        canvas.disc(bx, by, 46, "#b5652b" if number % 3 else SLAT)
    for side in (-1, 1):
        for height in (210, 480, 750):
            horns(canvas, x + side * 620, height + 40, 4.6, line, 10)


def shelf(canvas: Canvas) -> None:
    """Books on two boards."""
    *_sky, behind, front, line = canvas.palette
    canvas.fill(front)
    colours = (MADDER, SKY, SUN, LEAF, THREAD, OAK, DISC, WOOL)
    for floor in (430.0, 830.0):
        x, before = 90.0, ""
        while x < canvas.width - 190:
            wide, tall = canvas.chance.uniform(44, 96), canvas.chance.uniform(210, 310)
            colour = canvas.chance.choice([each for each in colours if each not in {before, front}])
            before, lean = colour, 44 if canvas.chance.random() < 0.08 else 0  # noqa: PLR2004
            canvas.area(
                [
                    (x + lean, floor - tall),
                    (x + wide + lean, floor - tall),
                    (x + wide, floor),
                    (x, floor),
                ],
                colour,
            )
            mark = SLAT if colour in {MADDER, SKY, LEAF, OAK} else MADDER
            canvas.line(
                [(x + 14 + lean, floor - tall + 34), (x + wide - 14 + lean, floor - tall + 34)],
                6,
                mark,
            )
            if wide > 70 and not lean:  # noqa: PLR2004 - where there is room
                horns(canvas, x + wide / 2, floor - 70, 1.3, mark, 4)
            x += wide + 5 + lean
        canvas.area([(40, floor), (1560, floor), (1560, floor + 32), (40, floor + 32)], WALNUT)
    canvas.line([(40, 462), (1560, 462)], 4, line)
    canvas.line([(40, 862), (1560, 862)], 4, behind)
