"""The web server, set up as the portal relies on it."""

from __future__ import annotations

import asyncio
import ctypes
import os
import resource
import signal
import socket
import struct
import sys
from typing import TYPE_CHECKING, Any, Final

import uvicorn

if TYPE_CHECKING:
    from types import FrameType

    from portal.settings import Settings

_APP: Final = "portal.app:from_environment"

# Many systems allow a process 1,024 open files, and each reader who waits is one.
MOST_FILES: Final = 65_536
# Seconds that requests may be on their way whose senders came while somebody could.
ON_THE_WAY: Final = 0.2
# Of Linux (asm-generic/socket.h), which Python has no name for.
_SO_ATTACH_FILTER: Final = 26


class Server(uvicorn.Server):
    """Answers whoever has come before it ends.

    Uvicorn closes its door at once: who stands before it, and who is in but has not said yet what
    they want, is cut off. A proxy asks another replica only what none has been given, so the
    sender of such a form would be told to try again.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Lets nobody else come, hears who has, and ends as usual."""
        for server in self.servers:
            for each in server.sockets:
                _turn_away(each.fileno())
        await asyncio.sleep(ON_THE_WAY)
        await super().shutdown(sockets)


def _turn_away(listener: int) -> None:
    """Has the system not hear who knocks from now on; who was let in before is not concerned.

    They knock once more after a second, and are refused then: so a proxy goes on to another
    replica. A filter of packets (BPF) that takes none is the one way to say so without closing.
    """
    if sys.platform != "linux":
        return
    none = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))  # return 0
    filtering = struct.pack("HP", 1, ctypes.addressof(none))
    with socket.socket(fileno=os.dup(listener)) as door:
        door.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, filtering)


def run_server(settings: Settings, workers: int = 1) -> None:
    """Serves the portal of this process's environment until it is told to stop.

    A fast loop and parser; no access log, since it prints query strings; forwarded addresses are
    believed from the operator's proxies alone.
    """
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if most == resource.RLIM_INFINITY else min(most, MOST_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(allowed, wanted), most))
    options: dict[str, Any] = {
        "factory": True,
        "host": settings.host,
        "port": settings.port,
        "loop": "uvloop",
        "http": "httptools",
        "access_log": False,
        "server_header": False,
        "log_config": None,
        "forwarded_allow_ips": settings.trusted_proxies or "127.0.0.1",
        "timeout_graceful_shutdown": 10,
        # A worker that starts on a busy machine takes longer than the five seconds after which
        # uvicorn would end it, and begin another that takes as long.
        "timeout_worker_healthcheck": 60,
    }
    if workers > 1:
        # One of them may be begun anew, while the others' door, which is the same, stays open.
        uvicorn.run(_APP, workers=workers, **options)
        return
    Server(uvicorn.Config(_APP, **options)).run()


def end_when_told() -> None:
    """From here on SIGTERM unwinds the process, so that what was begun is finished first.

    Uvicorn sends it once more when all requests are answered, and the worker would end mid-letter.
    """

    def leave(_number: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, leave)
