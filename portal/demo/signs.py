"""Motifs of the demo's pictures that stand for what people do together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

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

WALNUT: Final = "#5f3b1a"


def _box(canvas: Canvas, corners: Sequence[float], colour: str) -> None:
    left, top, right, low = corners
    canvas.area([(left, top), (right, top), (right, low), (left, low)], colour)


def chest(canvas: Canvas) -> None:
    """A chest with blankets folded on it."""
    *_sky, behind, front, line = canvas.palette
    canvas.fill(behind)
    _box(canvas, (0, 760, 1600, 900), front)
    for number, colour in enumerate((MADDER, SUN, SKY, LEAF, DISC)):
        y = 400 - 58.0 * number
        reach = 390 - 14 * number
        canvas.line([(800 - reach, y), (800 + reach, y)], 52, colour)
        canvas.line([(800 - reach + 20, y), (800 + reach - 20, y)], 5, SLAT)
    _box(canvas, (330, 430, 1270, 800), WALNUT)
    canvas.area([(310, 430), (1290, 430), (1250, 500), (350, 500)], "#8a5a2b")
    for left, right in ((370, 740), (860, 1230)):
        _box(canvas, (left, 535, right, 765), MADDER if behind != MADDER else SKY)
        horns(canvas, (left + right) / 2, 745, 7.5, SUN_WASH, 15)
    canvas.disc(800, 560, 42, SUN)
    canvas.line([(800, 560), (800, 600)], 12, INK)
    band(canvas, 880, 1.9, line, 3)


def pairs(canvas: Canvas) -> None:
    """Twelve pairs, side by side."""
    *_sky, _behind, front, line = canvas.palette
    canvas.fill(front)
    colours = [each for each in (SUN, DISC, MADDER, LEAF, SUN_WASH, THREAD) if each != front]
    for row in range(3):
        for column in range(4):
            x, y = 250 + 367.0 * column, 175 + 245.0 * row
            one, other = canvas.chance.sample(colours, 2)
            for side, colour in ((-1, one), (1, other)):
                canvas.disc(x + side * 58, y, 44, colour)
                shoulders = curve(
                    (x + side * 58 - 74, y + 130),
                    (
                        (x + side * 58 - 74, y + 40),
                        (x + side * 58 + 74, y + 40),
                        (x + side * 58 + 74, y + 130),
                    ),
                )
                canvas.area(shoulders, colour)
    band(canvas, 890, 1.8, line, 3)


def screen(canvas: Canvas) -> None:
    """A film with two lines of subtitles, seen from the last row."""
    *_sky, behind, front, _line = canvas.palette
    canvas.fill(INK)
    _box(canvas, (220, 70, 1380, 690), SUN_WASH)
    canvas.disc(1080, 240, 80, SUN)
    for level, colour in ((360, behind), (430, front if front != INK else LEAF)):
        ridge = curve(
            (220.0, level),
            ((520, level - 110), (760, level + 60), (1000, level - 20)),
            ((1130, level - 70), (1280, level - 30), (1380, level)),
        )
        canvas.area([*ridge, (1380, 690), (220, 690)], colour)
    _box(canvas, (560, 420, 800, 520), FELT)
    roof = curve((545.0, 425.0), ((580, 330), (780, 330), (815, 425)))
    canvas.area(roof, SLAT)
    canvas.line([(552, 425), (808, 425)], 12, MADDER)
    _box(canvas, (650, 445, 710, 520), MADDER)
    for wide, y in ((330, 590.0), (240, 640.0)):
        canvas.line([(800 - wide, y), (800 + wide, y)], 26, SLAT)
    for row, (y, colour) in enumerate(((770.0, "#24363f"), (830.0, "#0a1013"))):
        for seat in range(8 - row):
            x = 130 + 190.0 * seat + 95 * row
            canvas.disc(x, y, 46, colour)
            shoulders = ((x - 90, y + 50), (x + 90, y + 50), (x + 90, y + 150))
            canvas.area(curve((x - 90, y + 150), shoulders), colour)


def speech(canvas: Canvas) -> None:
    """Two who talk; what one of them says has a mistake in it."""
    *_sky, behind, front, line = canvas.palette
    canvas.hills(0.82, 0.03, behind)
    canvas.hills(0.92, 0.01, front)
    for corners, tip, colour in (
        ((180, 110, 900, 480), ((330, 470), (300, 600), (460, 470)), SLAT),
        ((720, 330, 1430, 690), ((1130, 680), (1300, 810), (1270, 680)), SUN),
    ):
        left, top, right, low = corners
        _box(canvas, (left + 50, top, right - 50, low), colour)
        _box(canvas, (left, top + 50, right, low - 50), colour)
        for x in (left + 50, right - 50):
            for y in (top + 50, low - 50):
                canvas.disc(x, y, 50, colour)
        canvas.area([(float(x), float(y)) for x, y in tip], colour)
    for row, reach in enumerate((600, 480, 300)):
        canvas.line([(260, 200 + 90 * row), (260 + reach, 200 + 90 * row)], 26, THREAD)
    crossed = curve(
        (420.0, 290.0), ((480, 250), (520, 330), (580, 290)), ((620, 260), (650, 320), (690, 285))
    )
    canvas.line(crossed, 14, MADDER)
    horns(canvas, 1075, 610, 8.5, WOOL if front == SKY else MADDER, 18)
    band(canvas, 885, 1.7, line, 2.5)
