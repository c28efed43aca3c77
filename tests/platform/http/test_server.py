"""How a server answers, and how it ends."""

import signal
import socket
import threading
import time
from contextlib import ExitStack, suppress
from types import SimpleNamespace

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from portal import server
from portal.server import end_when_told

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

    options = {"loop": request.param, "http": server.Protocol, "lifespan": "off"}
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


class Sent(list):
    """A connection that notes what is sent when; told to write when it is closed, it fails."""

    is_closed = False

    def write(self, data):
        assert not self.is_closed
        self.append(data)

    def close(self):
        self.is_closed = True

    def is_closing(self):
        return self.is_closed

    def abort(self):
        self.is_closed = True


@pytest.fixture
def sent():
    return Sent()


@pytest.fixture
def joined(sent):
    """What writes to it, and what the loop does next."""
    later = []
    loop = SimpleNamespace(call_soon=later.append)

    def go_on():
        while later:
            later.pop(0)()

    return server.Joined(sent, server.Outbox(loop)), go_on


def test_what_is_written_at_one_time_is_sent_as_one(joined, sent):
    connection, go_on = joined
    connection.write(b"head ")
    connection.write(b"body")
    assert sent == []
    go_on()
    assert sent == [b"head body"]
    connection.write(b"next")
    go_on()
    assert sent == [b"head body", b"next"]


def test_much_is_sent_at_once(joined, sent):
    """Else who writes without end would never be told to wait."""
    connection, go_on = joined
    connection.write(b"head ")
    connection.write(b"x" * server.MOST_JOINED)
    assert sent == [b"head " + b"x" * server.MOST_JOINED]
    connection.write(b"rest")
    assert sent[1:] == []
    go_on()
    assert sent[1:] == [b"rest"]


def test_a_connection_is_closed_after_what_was_written(joined, sent):
    connection, go_on = joined
    connection.write(b"last")
    connection.close()
    assert (sent, sent.is_closed) == ([b"last"], True)
    go_on()
    assert sent == [b"last"]


def test_nothing_is_sent_to_who_was_cut_off(joined, sent):
    connection, go_on = joined
    connection.write(b"lost")
    connection.abort()
    go_on()
    assert connection.is_closing()
    assert sent == []


def test_connections_have_one_turn_for_all(sent):
    later = []
    outbox = server.Outbox(SimpleNamespace(call_soon=later.append))
    others = Sent()
    for each in (sent, others):
        server.Joined(each, outbox).write(b"said")
    (turn,) = later
    turn()
    assert (sent, others) == ([b"said"], [b"said"])


def test_what_one_connection_raises_is_nothing_to_the_next(sent):
    later = []
    outbox = server.Outbox(SimpleNamespace(call_soon=later.append))
    outbox.send_soon(lambda: 1 / 0)
    server.Joined(sent, outbox).write(b"said")
    with pytest.raises(ZeroDivisionError):
        later.pop(0)()
    assert sent == []
    (turn,) = later
    turn()
    assert sent == [b"said"]


def test_a_process_that_is_told_to_end_unwinds():
    before = signal.getsignal(signal.SIGTERM)
    end_when_told()
    try:
        with pytest.raises(SystemExit) as ended:
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended.value.code == 0
