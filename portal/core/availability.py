"""How many places are left, as precisely as the public is told."""

from enum import StrEnum


class Band(StrEnum):
    """What everybody may know of places."""

    UNLIMITED = "unlimited"
    FREE = "free"
    FEW = "few"
    FULL = "full"


def band(capacity: int | None, taken: int) -> Band:
    """Few is at most a tenth of the places, and at least one and at most ten of them."""
    if capacity is None:
        return Band.UNLIMITED
    left = capacity - taken
    if left <= 0:
        return Band.FULL
    return Band.FEW if left <= min(10, max(1, capacity // 10)) else Band.FREE
