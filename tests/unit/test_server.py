"""How a server ends."""

from __future__ import annotations

import signal
import socket
import sys
import threading

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from portal import server
from portal.server import end_when_told

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def connected(port, seconds):
    return socket.create_connection(("127.0.0.1", port), timeout=seconds)


def answered(visitor):
    visitor.sendall(REQUEST)
    return visitor.makefile("rb").read()


def answer_to_newcomer(port):
    """None if nobody hears them."""
    try:
        with connected(port, 0.3) as visitor:
            return answered(visitor)
    except TimeoutError:
        return None


@pytest.fixture
def running(monkeypatch):
    """A server of one page in a thread; it gives those who have come time enough for this test."""
    monkeypatch.setattr(server, "ON_THE_WAY", 3.0)
    config = uvicorn.Config(
        PlainTextResponse("come in"), port=0, loop="uvloop", lifespan="off", log_config=None
    )
    begun = server.Server(config)
    thread = threading.Thread(target=begun.run)
    thread.start()
    while not begun.started:
        thread.join(0.01)
    yield begun
    begun.should_exit = True
    thread.join(20)
    assert not thread.is_alive()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such filter")
def test_whoever_has_come_is_answered_and_nobody_else_comes(running):
    (door,) = running.servers[0].sockets
    port = door.getsockname()[1]
    with connected(port, 20) as early:
        running.should_exit = True
        while (said := answer_to_newcomer(port)) is not None:
            assert said.endswith(b"come in")
        assert answered(early).endswith(b"come in")


def test_a_process_that_is_told_to_end_unwinds():
    before = signal.getsignal(signal.SIGTERM)
    end_when_told()
    try:
        with pytest.raises(SystemExit) as ended:
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended.value.code == 0
