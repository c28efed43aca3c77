"""What this process has done, in numbers for Prometheus, without anybody in them."""

from __future__ import annotations

import os
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

# Upper bounds of seconds.
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
BOUNDS: Final = tuple(f"{bound:g}" for bound in BUCKETS)
SECONDS: Final = 60.0
# Anything else a client sends as a method would be a series of its own.
METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"})


class _Times:
    """How long the answers of a route took; each in the bucket of its bound, the last has none."""

    __slots__ = ("buckets", "seconds")

    def __init__(self) -> None:
        self.seconds = 0.0
        self.buckets = [0] * (len(BUCKETS) + 1)

    def note(self, seconds: float) -> None:
        self.seconds += seconds
        self.buckets[bisect_left(BUCKETS, seconds)] += 1


class Meters:
    """Counted in the loop of one process; a label says which, since each counts for itself."""

    def __init__(self) -> None:
        self._started = time.time()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._times: defaultdict[str, _Times] = defaultdict(_Times)
        self._reports: Counter[str] = Counter()
        self._logged_since, self._logged = 0.0, 0

    def note_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """An answer that is complete; `route` is the route's name, never a path."""
        known = method if method in METHODS else "other"
        self._requests[known, route, status // 100] += 1
        self._times[route].note(seconds)

    def note_report(self, directive: str) -> None:
        """A report of what the Content-Security-Policy stopped."""
        self._reports[directive] += 1

    def may_log(self, now: float, most: int) -> bool:
        """Whether a report is among the first `most` of its minute; `now` in seconds."""
        if now - self._logged_since >= SECONDS:
            self._logged_since, self._logged = now, 0
        self._logged += 1
        return self._logged <= most

    def lines(self, gauges: Mapping[str, float]) -> str:
        """The text format of Prometheus; `gauges` are what somebody else knows, by their names."""
        told = [
            *_family("portal_requests_total", "counter", self._request_lines()),
            *_family("portal_request_seconds", "histogram", self._second_lines()),
            *_family(
                "portal_csp_reports_total",
                "counter",
                ((f'_total{{directive="{each}"', n) for each, n in sorted(self._reports.items())),
            ),
        ]
        own = {"process_start_time_seconds": self._started, **_memory()}
        for name, value in own.items():
            told += _family(name, "gauge", [("{", value)])
        for name, value in gauges.items():
            told += [f"# TYPE {name.partition('{')[0]} gauge", f"{name} {value:.15g}"]
        return "\n".join(dict.fromkeys(told)) + "\n"

    def _request_lines(self) -> Iterable[tuple[str, float]]:
        for (method, route, status), number in sorted(self._requests.items()):
            yield f'_total{{method="{method}",route="{route}",status="{status}xx"', number

    def _second_lines(self) -> Iterable[tuple[str, float]]:
        for route, times in sorted(self._times.items()):
            below = 0
            for bound, number in zip((*BOUNDS, "+Inf"), times.buckets, strict=True):
                below += number
                yield f'_bucket{{route="{route}",le="{bound}"', below
            yield f'_sum{{route="{route}"', times.seconds
            yield f'_count{{route="{route}"', below


def _family(name: str, kind: str, samples: Iterable[tuple[str, float]]) -> Iterable[str]:
    """Samples are what follows the family's own name, up to the label of the process."""
    stem = name.removesuffix("_total")
    yield f"# TYPE {name} {kind}"
    for rest, value in samples:
        comma = "" if rest.endswith("{") else ","
        yield f'{stem}{rest}{comma}process="{os.getpid()}"}} {value!r}'


def _memory() -> dict[str, float]:
    """What this process holds in memory, where the machine tells it."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return {}
    pages = int(statm.read_text(encoding="ascii").split()[1])
    return {"process_resident_memory_bytes": float(pages * os.sysconf("SC_PAGE_SIZE"))}
