"""The web server, set up as the portal relies on it."""

from __future__ import annotations

import resource
import signal
import sys
from typing import TYPE_CHECKING, Final

import uvicorn

if TYPE_CHECKING:
    from types import FrameType

    from portal.settings import Settings

# Many systems allow a process 1,024 open files, and each reader who waits is one.
MOST_FILES: Final = 65_536


def run_server(settings: Settings, workers: int = 1) -> None:
    """Serves the portal of this process's environment until it is told to stop.

    A fast loop and parser; no access log, since it prints query strings; forwarded addresses are
    believed from the operator's proxies alone.
    """
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if most == resource.RLIM_INFINITY else min(most, MOST_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(allowed, wanted), most))
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
        # A worker that starts on a busy machine takes longer than the five seconds after which
        # uvicorn would end it, and begin another that takes as long.
        timeout_worker_healthcheck=60,
    )


def end_when_told() -> None:
    """From here on SIGTERM unwinds the process, so that what was begun is finished first.

    Uvicorn sends it once more when all requests are answered, and the worker would end mid-letter.
    """

    def leave(_number: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, leave)
