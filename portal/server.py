"""The web server, set up as the portal relies on it."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from types import FrameType

    from portal.settings import Settings


def run_server(settings: Settings, workers: int = 1) -> None:
    """Serves the portal of this process's environment until it is told to stop.

    A fast loop and parser; no access log, since it prints query strings; forwarded addresses are
    believed from the operator's proxies alone.
    """
    uvicorn.run(
        "portal.app:from_environment",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=workers,
        loop="uvloop",
        http="httptools",
        access_log=False,
        server_header=False,
        log_config=None,
        forwarded_allow_ips=settings.trusted_proxies or "127.0.0.1",
        timeout_graceful_shutdown=10,
    )


def end_when_told() -> None:
    """From here on SIGTERM unwinds the process, so that what was begun is finished first.

    Uvicorn sends it once more when all requests are answered, and the worker would end mid-letter.
    """

    def leave(_number: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, leave)
