"""What the lock files pin."""

import re
from typing import NamedTuple

from portal import HOME

# What is served, demonstrated and tested; the first alone runs in an installation.
LOCKS = ("requirements.lock", "requirements-demo.lock", "requirements-dev.lock")
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^\s;]+)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class Pin(NamedTuple):
    """One package at one version, with the hashes of the files that may be installed."""

    name: str
    version: str
    hashes: tuple[str, ...] = ()


def pins_in(text):
    """All pins of a lock file."""
    begins = list(PIN.finditer(text))
    ends = [each.start() for each in begins[1:]] + [len(text)]
    return [
        Pin(each["name"], each["version"], tuple(HASH.findall(text[each.end() : end])))
        for each, end in zip(begins, ends, strict=True)
    ]


def pins_of(lock):
    """All pins of one of LOCKS."""
    return pins_in((HOME / lock).read_text(encoding="utf-8"))
