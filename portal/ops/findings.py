"""What a look at an installation finds."""

from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """How bad it is."""

    WRONG = "wrong"  # the portal, or somebody on it, will be harmed
    UNWISE = "unwise"  # it works, and could be better
    UNSEEN = "unseen"  # it could not be looked at from here


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing, in a sentence that says what to do."""

    weight: Weight
    what: str


def wrong(what: str) -> Finding:
    """Return what has to be put right."""
    return Finding(Weight.WRONG, what)


def unwise(what: str) -> Finding:
    """Return what should be put right."""
    return Finding(Weight.UNWISE, what)


def unseen(what: str) -> Finding:
    """Return what somebody has to look at elsewhere."""
    return Finding(Weight.UNSEEN, what)
