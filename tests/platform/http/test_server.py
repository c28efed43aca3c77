"""How a server answers, and how it ends."""

import signal
import socket
import threading
import time
from contextlib import ExitStack, suppress

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from portal import server
from portal.server import exit_on_sigterm

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def connected(port, seconds):
    return socket.create_connection(("127.0.0.1", port), timeout=seconds)


def knock_until_refused(port):
    with suppress(ConnectionRefusedError):
        while True:
            connected(port, 20).close()


@pytest.fixture(params=["uvloop", "asyncio"])
def running(request, monkeypatch):
    """A server in a thread, whose loop stands still for as long as a page asks.

    It gives those who have come time enough for this test.
    """
    monkeypatch.setattr(server, "ON_THE_WAY", 1.0)

    async def app(scope, receive, send):
        if scope["path"] == "/end":
            begun.should_exit = True
            time.sleep(0.5)  # noqa: ASYNC251 - nobody is let in meanwhile
        await PlainTextResponse("come in")(scope, receive, send)

    options = {"loop": request.param, "http": "httptools", "lifespan": "off"}
    config = uvicorn.Config(app, port=0, log_config=None, **options)
    begun = server.Server(config)
    thread = threading.Thread(target=begun.run)
    thread.start()
    while not begun.started:
        thread.join(0.01)
    yield begun
    begun.should_exit = True
    thread.join(20)
    assert not thread.is_alive()


def test_whoever_has_come_is_answered_and_nobody_else_comes(running):
    (door,) = running.servers[0].sockets
    port = door.getsockname()[1]
    with ExitStack() as visitors:
        silent, last = [visitors.enter_context(connected(port, 20)) for _each in range(2)]
        # The loop is told to end, and does so before it looks who else has come meanwhile.
        last.sendall(REQUEST.replace(b"/", b"/end", 1))
        crowd = [visitors.enter_context(connected(port, 20)) for _each in range(20)]
        for visitor in crowd[::2]:
            visitor.sendall(REQUEST)
        assert last.makefile("rb").read().endswith(b"come in")
        knock_until_refused(port)
        for visitor in (silent, *crowd[1::2]):
            visitor.sendall(REQUEST)
        for visitor in (silent, *crowd):
            assert visitor.makefile("rb").read().endswith(b"come in")


def test_a_process_that_is_told_to_end_unwinds():
    before = signal.getsignal(signal.SIGTERM)
    exit_on_sigterm()
    try:
        with pytest.raises(SystemExit) as ended:
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended.value.code == 0
