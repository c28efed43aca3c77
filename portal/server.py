"""The web server, set up as the portal relies on it."""

import asyncio
import contextlib
import os
import resource
import signal
import socket
import sys
from types import FrameType
from typing import Any, Final

import uvicorn

from portal.config.settings import Settings

_APP: Final = "portal.app:from_environment"

# Many systems allow a process 1,024 open files, and each reader who waits is one.
MAX_FILES: Final = 65_536
# Seconds that requests may be on their way whose senders came while somebody could.
ON_THE_WAY: Final = 0.2


class Server(uvicorn.Server):
    """Answers whoever has come before it ends.

    Uvicorn closes its door at once: who stands before it, and who is in but has not said yet what
    they want, is cut off. A proxy asks another replica only what none has been given, so the
    sender of such a form would be told to try again.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let nobody else come, hear who has, and end as usual."""
        loop = asyncio.get_running_loop()
        for each in self._stop_listening():
            await loop.connect_accepted_socket(self._protocol, each)
        await asyncio.sleep(ON_THE_WAY)
        await super().shutdown(sockets)

    def _stop_listening(self) -> list[socket.socket]:
        """Close the doors for good; return who stood before them.

        A second handle to each keeps them where they are while the loop lets go of its own, which
        it closes without looking. Who knocks afterwards is refused, so that a proxy goes on to
        another replica.
        """
        sockets = [
            socket.socket(fileno=os.dup(each.fileno()))
            for server in self.servers
            for each in server.sockets
        ]
        for server in self.servers:
            server.close()
        come = []
        for listening in sockets:
            listening.setblocking(False)
            with listening, contextlib.suppress(BlockingIOError):
                while True:
                    come.append(listening.accept()[0])
        return come

    def _protocol(self) -> asyncio.Protocol:
        return self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )


def run_server(settings: Settings, workers: int = 1) -> None:
    """Serve the portal of this process's environment until it is told to stop.

    A fast loop and parser; no access log, since it prints query strings; forwarded addresses are
    believed from the operator's proxies alone.
    """
    allowed, limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_FILES if limit == resource.RLIM_INFINITY else min(limit, MAX_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(allowed, wanted), limit))
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


def exit_on_sigterm() -> None:
    """From here on SIGTERM unwinds the process, so that what was begun is finished first.

    Uvicorn sends it once more when all requests are answered, and the worker would end mid-letter.
    """

    def leave(_number: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, leave)
