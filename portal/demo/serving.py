"""Running an ASGI application on this machine alone, in a thread, for as long as it is needed."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from threading import Thread

import uvicorn
from starlette.types import ASGIApp

PATIENCE = 30.0  # seconds an application may take to start


def listener_on(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """A listening socket; port 0 takes a free one. ValueError unless `host` is this machine alone.

    Take it before the application is made when the application must know its own address.
    """
    if host != "localhost" and not ip_address(host).is_loopback:
        msg = f"{host} can be reached from outside; these servers are for this machine alone"
        raise ValueError(msg)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def url_of(listener: socket.socket) -> str:
    """The address of a listening socket, without a slash at the end."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def running(
    app: ASGIApp, host: str = "127.0.0.1", port: int = 0, *, listener: socket.socket | None = None
) -> Iterator[str]:
    """Serve `app` until the block ends and yield its address, without a slash at the end.

    With a `listener` of `listener_on`, host and port are taken from it. RuntimeError if the
    application does not start.
    """
    listener = listener or listener_on(host, port)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            # Whoever speaks to these servers is on this machine and must not choose its address.
            proxy_headers=False,
            ws="none",
            timeout_graceful_shutdown=2,
        )
    )
    address = url_of(listener)
    thread = Thread(target=_run, args=(server, listener), name=f"serving {address}", daemon=True)
    thread.start()
    try:
        _wait_for(server, thread)
        yield address
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def _run(server: uvicorn.Server, listener: socket.socket) -> None:
    # How uvicorn says that the application did not start; `_wait_for` says it to our caller.
    with suppress(SystemExit):
        server.run([listener])


def _wait_for(server: uvicorn.Server, thread: Thread) -> None:
    deadline = time.monotonic() + PATIENCE
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            msg = "the application did not start; its log says why"
            raise RuntimeError(msg)
        time.sleep(0.01)
