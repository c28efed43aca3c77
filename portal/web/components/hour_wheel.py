"""The hour wheel: one instant on a ring of 24 poles, noon on top, a longer pole for each city."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import cos, pi, sin, sqrt
from typing import Final, Literal
from zoneinfo import ZoneInfo

# The drawing's own units; a square in the middle of the view box holds all but the labels.
CENTRE: Final = 270.0
VIEW_BOX: Final = "-165 20 870 500"
INNER, HALF, FULL, CITY = 148.0, 196.0, 210.0, 224.0
LABELS: Final = 236.0
LINE: Final = 26.0
TOP, BOTTOM = 34.0, 506.0
# From the middle of a line of text to its baseline.
BASELINE: Final = 7.0
GAP: Final = 4.0
LONGEST_NAME: Final = 13
MINUTES_A_DAY: Final = 24 * 60
NOON: Final = 12 * 60
DAWN, DUSK = 6 * 60, 18 * 60
STEP: Final = 30


@dataclass(frozen=True, slots=True)
class City:
    """A city by the name its reader knows and its IANA zone."""

    name: str
    zone: str


@dataclass(frozen=True, slots=True)
class Pole:
    """One line of the drawing; `kind` holds its CSS classes."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Label:
    """An hour and a city; `y` is the baseline, `x` the side that faces the ring."""

    x: float
    y: float
    anchor: Literal["start", "end"]
    hour: str
    city: str


@dataclass(frozen=True, slots=True)
class Wheel:
    """What the macro of the same name draws."""

    poles: tuple[Pole, ...]
    labels: tuple[Label, ...]
    view_box: str = VIEW_BOX


def hour_wheel(instant: datetime, cities: Sequence[City], reader_zone: str | None) -> Wheel:
    """Return the wheel of an instant; the pole of a city in `reader_zone` is the reader's."""
    listed = [(city, instant.astimezone(ZoneInfo(city.zone))) for city in cities]
    reader = {_minutes(wall) for city, wall in listed if city.zone == reader_zone}
    taken = {_minutes(wall) for _city, wall in listed}
    poles = [_plain_pole(minutes) for minutes in _steps() if minutes not in taken]
    poles += [_pole("reader" if at in reader else "city", at, CITY) for at in sorted(taken)]
    after = [(_minutes(wall), city.name) for city, wall in listed if _minutes(wall) >= NOON]
    before = [(_minutes(wall), city.name) for city, wall in listed if _minutes(wall) < NOON]
    return Wheel(tuple(poles), (*_labels(after, side=1), *_labels(before, side=-1)))


def _minutes(wall: datetime) -> int:
    return wall.hour * 60 + wall.minute


def _steps() -> range:
    return range(0, MINUTES_A_DAY, STEP)


def _point(minutes: int, radius: float) -> tuple[float, float]:
    angle = 2 * pi * (minutes - NOON) / MINUTES_A_DAY
    return CENTRE + radius * sin(angle), CENTRE - radius * cos(angle)


def _pole(kind: str, minutes: int, end: float) -> Pole:
    (x1, y1), (x2, y2) = _point(minutes, INNER), _point(minutes, end)
    return Pole(kind, f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}")


def _plain_pole(minutes: int) -> Pole:
    day = DAWN <= minutes <= DUSK
    half = minutes % 60 != 0
    kind = " ".join(word for word, holds in (("day", day), ("half", half)) if holds)
    return _pole(kind or "night", minutes, HALF if half else FULL)


def _labels(hours: list[tuple[int, str]], side: Literal[1, -1]) -> list[Label]:
    """Return the labels of one side of the ring, from top to bottom, at least a line apart."""
    hours = sorted(hours, key=lambda each: _point(each[0], LABELS)[1])
    middles = _apart([_point(minutes, LABELS)[1] for minutes, _name in hours])
    return [
        Label(
            x=round(CENTRE + side * _clear_of_ring(middle), 1),
            y=round(middle + BASELINE, 1),
            anchor="start" if side == 1 else "end",
            hour=f"{minutes // 60:02}:{minutes % 60:02}",
            city=_short(name),
        )
        for (minutes, name), middle in zip(hours, middles, strict=True)
    ]


def _clear_of_ring(middle: float) -> float:
    """Return how far from the axis a line of text touches neither pole nor ring."""
    height = abs(middle - CENTRE)
    outside = sqrt(max(0.0, LABELS**2 - height**2))
    corner = sqrt(max(0.0, CITY**2 - max(0.0, height - LINE / 2) ** 2)) + GAP
    return max(outside, corner)


def _apart(wanted: list[float]) -> list[float]:
    """Return the nearest positions to those wanted (ascending) a line apart and inside."""
    # Less the space above each, this is least squares over ascending numbers: pool neighbours.
    pools: list[list[float]] = []
    for index, position in enumerate(wanted):
        pools.append([position - index * LINE])
        while len(pools) > 1 and _mean(pools[-2]) > _mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    lowest = BOTTOM - (len(wanted) - 1) * LINE
    places = [min(max(_mean(pool), TOP), lowest) for pool in pools for _each in pool]
    return [place + index * LINE for index, place in enumerate(places)]


def _mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"
