"""One structured line a request: the route's template, never the path, query or anybody's name."""

import json
import logging
import sys
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.observability.error_reports import ErrorReports
from portal.observability.metrics import Meters

logger = logging.getLogger("portal.requests")


class JsonLines(logging.Formatter):
    """A JSON object a line; tracebacks omit an exception's text, which may tell what was typed."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, message and the record's own fields."""
        line: dict[str, object] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[0]:
            frames = []
            trace = record.exc_info[2]
            while trace is not None:
                code = trace.tb_frame.f_code
                frames.append(f"{code.co_filename.rsplit('/portal/', 1)[-1]}:{trace.tb_lineno}")
                trace = trace.tb_next
            line["exception"] = record.exc_info[0].__qualname__
            line["frames"] = frames[-12:]
        return json.dumps(line, ensure_ascii=False)


def set_up_logging(level: str, error_reports_url: str = "") -> None:
    """Structured lines on standard error for everything in this process; faults also elsewhere."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    reports = [ErrorReports(error_reports_url)] if error_reports_url else []
    logging.basicConfig(level=level, handlers=[handler, *reports], force=True)
    logging.getLogger("uvicorn.error").addFilter(_is_no_upgrade)
    # These print addresses, parameters or query strings, or repeat what the portal says itself.
    for name in (
        "alembic",
        "httpx",
        "httpx2",
        "httpcore",
        "uvicorn.access",
        "mail.log",
        "aiosmtpd",
    ):
        logging.getLogger(name).setLevel(logging.WARNING)


def _is_no_upgrade(record: logging.LogRecord) -> bool:
    """Drop what uvicorn says twice, with advice, of each request for a WebSocket."""
    said = str(record.msg)
    return "upgrade request" not in said and "WebSocket library" not in said


class RequestLogMiddleware:
    """Counts and logs method, route, status and milliseconds when the answer is complete."""

    def __init__(self, app: ASGIApp, meters: Meters) -> None:
        self.app, self._meters = app, meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wrap `send` to learn the status."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        finally:
            seconds = time.perf_counter() - started
            route = getattr(scope.get("route"), "name", "unknown")
            self._meters.record_request(scope["method"], route, status, seconds)
            if logger.isEnabledFor(logging.INFO):
                logger.info(
                    "request",
                    extra={
                        "fields": {
                            "method": scope["method"],
                            "route": route,
                            "status": status,
                            "ms": round(seconds * 1000, 1),
                        }
                    },
                )
