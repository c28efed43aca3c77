"""How much each profile of seeded data has."""

from __future__ import annotations

from typing import NamedTuple

from portal.demo.company import Size
from portal.demo.voices import Voices


class Amounts(NamedTuple):
    """Events beside those of the two organisations, sign-ups for them, and who else is there."""

    events: int = 0
    sign_ups: int = 0
    company: Size | None = None
    voices: Voices | None = None


PROFILES = {
    "small": Amounts(),
    "10k": Amounts(10_000),
    "100k": Amounts(100_000),
    "10k-crowded": Amounts(10_000, 100_000, Size(200, 200, 1_000), Voices(1_000, 300, 500)),
    "1m": Amounts(100_000, 1_000_000, Size(2_000, 2_000, 10_000), Voices(10_000, 3_000, 5_000)),
}
