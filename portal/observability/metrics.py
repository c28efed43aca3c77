"""Numbers about this process for Prometheus, without anybody's data in them."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

# Upper bounds of seconds.
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
SECONDS: Final = 60.0
# Anything else a client sends as a method would be a series of its own.
METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"})
_STATM: Final = Path("/proc/self/statm")

# When each series began, which would be as many series again.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Meters:
    """The metrics of one application; their label `process` says which process counted."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._process = str(os.getpid())
        self._requests = Counter(
            "portal_requests",
            "Complete answers.",
            ["method", "route", "status", "process"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "portal_request_seconds",
            "Seconds until an answer was complete.",
            ["route", "process"],
            registry=self.registry,
            buckets=BUCKETS,
        )
        self._reports = Counter(
            "portal_csp_reports",
            "Browsers' reports of the Content-Security-Policy.",
            ["directive", "process"],
            registry=self.registry,
        )
        self._gauges: dict[str, Gauge] = {}
        self._own_gauge("process_start_time_seconds").set_to_current_time()
        if _STATM.exists():
            self._own_gauge("process_resident_memory_bytes").set_function(_resident_bytes)
        # Looking a series up by its labels takes twice as long as counting.
        self._series: dict[
            tuple[str, str, int], tuple[Callable[[], None], Callable[[float], None]]
        ] = {}
        self._logged_since, self._logged = 0.0, 0

    def _own_gauge(self, name: str) -> Gauge:
        gauge = Gauge(name, "Of this process.", ["process"], registry=self.registry)
        return gauge.labels(self._process)

    def record_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a complete answer; `route` is the route's name, never a path."""
        key = (method if method in METHODS else "other", route, status // 100)
        series = self._series.get(key)
        if series is None:
            requests = self._requests.labels(key[0], route, f"{key[2]}xx", self._process)
            series = (requests.inc, self._seconds.labels(route, self._process).observe)
            self._series[key] = series
        count, observe = series
        count()
        observe(seconds)

    def record_report(self, directive: str) -> None:
        """Count a browser's report of something that the Content-Security-Policy stopped."""
        self._reports.labels(directive, self._process).inc()

    def may_log(self, now: float, limit: int) -> bool:
        """Return whether a report is among the first `most` of its minute; `now` in seconds."""
        if now - self._logged_since >= SECONDS:
            self._logged_since, self._logged = now, 0
        self._logged += 1
        return self._logged <= limit

    def exposition(self, gauges: Mapping[str, float]) -> bytes:
        """Return all metrics in Prometheus's text format; `gauges` are the portal's, by name."""
        for name, value in gauges.items():
            if name not in self._gauges:
                self._gauges[name] = Gauge(name, "Of the whole portal.", registry=self.registry)
            self._gauges[name].set(value)
        return generate_latest(self.registry)


def _resident_bytes() -> float:
    pages = int(_STATM.read_text(encoding="ascii").split()[1])
    return float(pages * os.sysconf("SC_PAGE_SIZE"))
