"""Tell a Sentry-compatible server of faults, where the operator names one."""

# Only classes of errors, files, functions, lines, the logger, the route's name and the version:
# sentry-sdk collects texts, addresses, cookies and variables, and would have to be stopped.

import json
import logging
import queue
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from typing import Any, Final

import httpx

from portal.config.dsn import destination_of

_SECONDS: Final = 5.0
_MAX_WAITING: Final = 50
# A fault that everybody runs into is told often enough by these.
MAX_PER_MINUTE: Final = 20
_MAX_FRAMES: Final = 50
_MAX_CAUSES: Final = 5


class ErrorReports(logging.Handler):
    """Sends what is logged with an error, from a thread of its own; loses it if nobody answers."""

    def __init__(self, dsn: str) -> None:
        super().__init__(logging.WARNING)
        self._to = destination_of(dsn)
        self._waiting: queue.Queue[dict[str, Any] | None] = queue.Queue(_MAX_WAITING)
        self._since, self._sent = 0.0, 0
        self._thread = threading.Thread(target=self._send_all, name="error reports", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record that has an error, unless there were many lately."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and self._may_report():
            with suppress(queue.Full):
                self._waiting.put_nowait(report_of(error, record))

    def close(self) -> None:
        """Send what waits, for as long as a stopping process has."""
        with suppress(queue.Full):
            self._waiting.put_nowait(None)
        self._thread.join(_SECONDS)
        super().close()

    def _may_report(self) -> bool:
        now = time.monotonic()
        if now - self._since >= 60:  # noqa: PLR2004 - seconds of a minute
            self._since, self._sent = now, 0
        self._sent += 1
        return self._sent <= MAX_PER_MINUTE

    def _send_all(self) -> None:
        headers = {
            "content-type": "application/x-sentry-envelope",
            "x-sentry-auth": "Sentry sentry_version=7, sentry_client=shanyraq/1, "
            f"sentry_key={self._to.key}",
        }
        with httpx.Client(timeout=_SECONDS, trust_env=False) as client:
            while (report := self._waiting.get()) is not None:
                with suppress(httpx.HTTPError):
                    client.post(self._to.url, content=envelope_of(report), headers=headers)


def envelope_of(report: dict[str, Any]) -> bytes:
    """Return one event as the protocol wants it: three lines of JSON."""
    event = json.dumps(report)
    lines = (
        json.dumps({"event_id": report["event_id"]}),
        json.dumps({"type": "event", "length": len(event)}),
        event,
    )
    return "\n".join(lines).encode() + b"\n"


def report_of(error: BaseException, record: logging.LogRecord) -> dict[str, Any]:
    """Return all that is ever reported about an error."""
    fields = getattr(record, "fields", {})
    return {
        "event_id": uuid.uuid4().hex,
        "timestamp": record.created,
        "platform": "python",
        "level": record.levelname.lower(),
        "logger": record.name,
        "transaction": str(fields.get("route") or fields.get("chore") or record.name),
        "release": f"shanyraq@{version('portal')}",
        # The root cause comes first.
        "exception": {"values": [_described(each) for each in reversed(list(_with_causes(error)))]},
    }


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    for _ in range(_MAX_CAUSES):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


def _described(error: BaseException) -> dict[str, Any]:
    frames, trace = [], error.__traceback__
    while trace is not None:
        code, module = trace.tb_frame.f_code, trace.tb_frame.f_globals.get("__name__", "")
        frames.append(
            {
                # Not the folders of the machine.
                "filename": "/".join(code.co_filename.split("/")[-3:]),
                "module": str(module),
                "function": code.co_qualname,
                "lineno": trace.tb_lineno,
                "in_app": str(module).split(".")[0] == "portal",
            }
        )
        trace = trace.tb_next
    return {
        "type": type(error).__qualname__,
        "module": type(error).__module__,
        "stacktrace": {"frames": frames[-_MAX_FRAMES:]},
    }
