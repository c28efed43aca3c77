"""Motifs of the demo that are places: land, the way between, people under one roof."""

from __future__ import annotations

import math
from collections.abc import Sequence

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
    WOOL,
    Canvas,
    band,
    curve,
    horns,
)

OAK, WALNUT = "#a8743d", "#5f3b1a"


def mountains(canvas: Canvas) -> None:
    """Peaks with snow above a lake."""
    *_sky, behind, front, line = canvas.palette
    light = SUN if line != SUN else SUN_WASH
    canvas.disc(canvas.width * canvas.chance.uniform(0.2, 0.8), 190, 85, light)
    for x, top, wide in ((330.0, 300, 480), (1280.0, 270, 520), (800.0, 190, 620)):
        canvas.area([(x - wide, 640), (x, top), (x + wide, 640)], behind)
        snow = (560 - top) * 0.32
        reach = wide * snow / (640 - top)
        canvas.area(
            [
                (x, top),
                (x + reach, top + snow),
                (x + reach * 0.4, top + snow * 0.72),
                (x, top + snow * 1.15),
                (x - reach * 0.45, top + snow * 0.7),
                (x - reach, top + snow),
            ],
            SLAT,
        )
    canvas.area([(0, 630), (1600, 630), (1600, 900), (0, 900)], DISC)
    for number in range(14):
        x, y = canvas.chance.uniform(0, 1500), 650.0 + 16 * number
        canvas.line([(x, y), (x + canvas.chance.uniform(60, 220), y)], 4, WOOL)
    for number in range(9):
        x = 40 + 190 * number + canvas.chance.uniform(-40, 40)
        for row in range(3):
            y = 640.0 - 52 * row
            half = 52 - 12 * row
            canvas.area([(x - half, y), (x + half, y), (x, y - 90)], LEAF if front != LEAF else SKY)
    canvas.hills(0.94, 0.02, front)
    band(canvas, 890, 1.4, line, 2.5)


def horse(canvas: Canvas) -> None:
    """A horse on the steppe."""
    *_sky, behind, front, line = canvas.palette
    canvas.disc(canvas.width * 0.7, 300, 150, SUN if line != SUN else SLAT)
    canvas.hills(0.66, 0.05, behind)
    canvas.hills(0.84, 0.02, front)
    x, y = 760.0, 460.0
    coat = WALNUT

    def at(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(x + px, y + py) for px, py in points]

    for hip, knee, hoof in (
        ((-170, 40), (-205, 170), (-180, 330)),
        ((-120, 50), (-110, 190), (-130, 330)),
        ((170, 40), (215, 170), (180, 330)),
        ((225, 20), (275, 160), (260, 330)),
    ):
        canvas.line(at([hip, knee]), 52, coat)
        canvas.line(at([knee, hoof]), 30, coat)
        canvas.line(at([hoof, (hoof[0] - 18, hoof[1] + 4)]), 30, INK)
    trunk = curve(
        (-260.0, -60.0),
        ((-180, -120), (60, -70), (190, -110)),
        ((290, -120), (320, -20), (270, 60)),
        ((150, 120), (-120, 130), (-220, 70)),
        ((-290, 40), (-300, -10), (-260, -60)),
    )
    canvas.area(at(trunk), coat)
    neck = curve(
        (-280.0, 20.0),
        ((-340, -80), (-370, -160), (-420, -230)),
        ((-400, -290), (-340, -310), (-310, -290)),
        ((-250, -220), (-200, -150), (-120, -90)),
    )
    canvas.area(at(neck), coat)
    head = curve(
        (-330.0, -330.0),
        ((-400, -300), (-480, -220), (-520, -160)),
        ((-530, -120), (-490, -105), (-465, -125)),
        ((-420, -170), (-350, -190), (-310, -220)),
        ((-280, -260), (-290, -320), (-330, -330)),
    )
    canvas.area(at(head), coat)
    canvas.area(at([(-345, -310), (-340, -385), (-305, -315)]), coat)
    mane = curve((-330.0, -330.0), ((-250, -300), (-170, -190), (-130, -80)))
    canvas.line(at(mane), 40, INK)
    tail = curve((285.0, -60.0), ((400, -60), (390, 120), (410, 220)))
    canvas.line(at(tail), 34, INK)
    canvas.disc(x - 405, y - 255, 8, SLAT)
    band(canvas, 885, 1.7, line, 2.5)


def tree(canvas: Canvas) -> None:
    """A tree of seven generations."""
    *_sky, behind, front, line = canvas.palette
    canvas.hills(0.86, 0.03, behind)
    canvas.hills(0.93, 0.01, front)
    leaves: list[tuple[float, float]] = []

    def grow(x: float, y: float, angle: float, length: float, generation: int) -> None:
        ends = (x + length * math.sin(angle), y - length * math.cos(angle))
        canvas.line([(x, y), ends], 34 * 0.68**generation, WALNUT)
        if generation == 6:  # noqa: PLR2004 - the seventh
            leaves.append(ends)
            return
        for side in (-1, 1):
            turn = angle + side * canvas.chance.uniform(0.26, 0.5)
            grow(*ends, turn, length * canvas.chance.uniform(0.74, 0.86), generation + 1)

    grow(canvas.width / 2, 840, 0, 190, 0)
    colours = (SUN, LEAF, DISC, MADDER)
    for number, (x, y) in enumerate(leaves):
        canvas.disc(x, y, 15, colours[number % len(colours)])
    band(canvas, 890, 1.4, line, 2.5)


def bridge(canvas: Canvas) -> None:
    """An old photograph: three children on a cart before a wooden bridge."""
    *_sky, _behind, front, _line = canvas.palette
    canvas.fill(front)
    left, top, right, low = 180, 60, 1420, 840
    canvas.area([(left, top), (right, top), (right, low), (left, low)], SLAT)
    left, top, right, low = left + 50, top + 50, right - 50, low - 110
    paper, dark, mid = "#e6d7b8", "#6b5436", "#b39a6d"
    canvas.area([(left, top), (right, top), (right, low), (left, low)], paper)
    canvas.area(
        [(left, 330), (520, 240), (900, 330), (1240, 250), (right, 320), (right, 420), (left, 420)],
        mid,
    )
    canvas.area([(left, 410), (right, 410), (right, low), (left, low)], "#cdb88c")
    arch = curve((300.0, 480.0), ((560, 380), (1040, 380), (1300, 480)))
    canvas.line(arch, 22, dark)
    canvas.line([(x, y - 70) for x, y in arch], 12, dark)
    for x, y in arch[1:-1:2]:
        canvas.line([(x, y), (x, y - 70)], 9, dark)
        canvas.line([(x, y), (x, 560)], 14, dark)
    canvas.area([(520, 600), (1010, 600), (960, 670), (570, 670)], dark)
    for x in (610, 920):
        canvas.ring(x, 670, 56, 12, dark)
        canvas.line([(x - 50, 670), (x + 50, 670)], 6, dark)
        canvas.line([(x, 620), (x, 720)], 6, dark)
    canvas.line([(1010, 620), (1160, 690)], 12, dark)
    for number, x in enumerate((640, 765, 885)):
        tall = (0, 34, 12)[number]
        canvas.area(
            [(x - 44, 610), (x + 44, 610), (x + 26, 530 - tall), (x - 26, 530 - tall)],
            (mid, paper, "#8d744a")[number],
        )
        canvas.disc(x, 500 - tall, 32, "#8d744a")
        canvas.area(
            [
                (x - 34, 494 - tall),
                (x + 34, 494 - tall),
                (x + 18, 458 - tall),
                (x - 18, 458 - tall),
            ],
            dark,
        )


def voices(canvas: Canvas) -> None:
    """Voices as waves above and below each other."""
    *_sky, behind, front, line = canvas.palette
    canvas.hills(0.9, 0.02, front)
    begins, often = canvas.chance.uniform(0, math.tau), canvas.chance.uniform(1.4, 2.2)
    for number, colour in enumerate((SUN, MADDER, SKY, LEAF, behind)):
        base, high = 190 + 115 * number, 62 - 6 * number
        wave = [
            (float(x), base + high * math.sin(begins + often * math.tau * x / 1600 - 0.5 * number))
            for x in range(-20, 1640, 12)
        ]
        canvas.line(wave, 26 if number == 3 else 11, colour)  # noqa: PLR2004 - the second voice
        for x, y in wave[6 + 2 * number :: 23]:
            canvas.disc(x, y, 24, colour)
            canvas.disc(x, y, 11, WOOL)
    band(canvas, 885, 1.8, line, 2.5)


def cities(canvas: Canvas) -> None:
    """From one hill to eleven cities."""
    *_sky, behind, front, line = canvas.palette
    for _number in range(70):
        spot = canvas.chance.uniform(0, 1600), canvas.chance.uniform(0, 480)
        canvas.disc(*spot, canvas.chance.uniform(1.5, 4), WOOL)
    canvas.hills(0.74, 0.03, behind)
    for number in range(11):
        x = 90 + 142.0 * number
        y = 560 - 330 * math.sin(math.pi * (number + 0.5) / 11) + canvas.chance.uniform(-50, 50)
        way = curve((800.0, 720.0), ((800 + (x - 800) * 0.2, 430), (x, y - 160), (x, y)))
        canvas.line(way, 5, SUN)
        canvas.disc(x, y, 26, SUN_WASH)
        canvas.disc(x, y, 15, MADDER)
    canvas.hills(0.86, 0.05, front)
    canvas.disc(800, 730, 34, SUN)
    band(canvas, 885, 1.7, line, 2.5)


def night(canvas: Canvas) -> None:
    """A yurt with a light in it, under the moon."""
    for _number in range(90):
        spot = canvas.chance.uniform(0, 1600), canvas.chance.uniform(0, 560)
        canvas.disc(*spot, canvas.chance.uniform(1.5, 4.5), SUN_WASH)
    canvas.disc(1220, 230, 120, SUN_WASH)
    canvas.disc(1270, 200, 104, canvas.palette[0])
    canvas.hills(0.7, 0.06, canvas.palette[2])
    x, y = 560.0, 760.0
    canvas.area([(x - 290, y), (x + 290, y), (x + 290, y - 190), (x - 290, y - 190)], FELT)
    dome = curve(
        (x - 290, y - 190),
        ((x - 210, y - 330), (x - 60, y - 370), (x, y - 370)),
        ((x + 60, y - 370), (x + 210, y - 330), (x + 290, y - 190)),
    )
    canvas.area(dome, SLAT)
    canvas.line([(x - 290, y - 190), (x + 290, y - 190)], 20, MADDER)
    for number in range(-2, 3):
        if number:
            horns(canvas, x + 108 * number, y - 60, 2.1, MADDER, 6)
    canvas.area([(x - 58, y), (x + 58, y), (x + 58, y - 158), (x - 58, y - 158)], SUN)
    canvas.disc(x, y - 372, 30, SUN)
    smoke = curve((x, y - 420), ((x + 70, y - 500), (x - 50, y - 560), (x + 60, y - 660)))
    canvas.line(smoke, 12, canvas.palette[1])
    canvas.hills(0.9, 0.03, canvas.palette[3])
    band(canvas, 885, 1.7, canvas.palette[4], 2.5)
