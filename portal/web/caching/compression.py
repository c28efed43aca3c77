"""Content codings: Brotli packs pages a tenth smaller than gzip, the style sheet a seventh."""

import gzip
from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

import brotli

_LONGEST_ACCEPTED: Final = 200


class Compression(NamedTuple):
    """One coding, by its name in Content-Encoding."""

    name: str
    # A page that was drawn a moment ago, in a fraction of a millisecond.
    pack: Callable[[bytes], bytes]
    # A file that is packed once, as well as can be.
    press: Callable[[bytes], bytes]


def _by_brotli(level: int) -> Callable[[bytes], bytes]:
    return lambda body: brotli.compress(body, mode=brotli.MODE_TEXT, quality=level)


def _by_gzip(level: int) -> Callable[[bytes], bytes]:
    # Without the time, which would make every process answer other bytes.
    return lambda body: gzip.compress(body, level, mtime=0)


# The one that packs best comes first.
COMPRESSIONS: Final = (
    Compression("br", _by_brotli(5), lru_cache(maxsize=64)(_by_brotli(11))),
    Compression("gzip", _by_gzip(5), lru_cache(maxsize=64)(_by_gzip(9))),
)


def compression_for(accepted: str) -> Compression | None:
    """Return the best coding that an Accept-Encoding takes (RFC 9110, 12.5.3)."""
    return _compression_for(accepted) if len(accepted) <= _LONGEST_ACCEPTED else None


@lru_cache(maxsize=256)
def _compression_for(accepted: str) -> Compression | None:
    wanted: dict[str, float] = {}
    for each in accepted.lower().split(","):
        name, *parameters = (part.replace(" ", "") for part in each.split(";"))
        wanted[name] = min(map(_weight, parameters), default=1.0)
    weights = {each: wanted.get(each.name, wanted.get("*", 0.0)) for each in COMPRESSIONS}
    best = max(COMPRESSIONS, key=weights.__getitem__)
    return best if weights[best] > 0 else None


def _weight(parameter: str) -> float:
    """Of `q=0.5`; what says nothing that can be read takes nothing."""
    name, _equals, value = parameter.partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0
