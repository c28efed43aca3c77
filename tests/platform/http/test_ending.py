"""A server in a process of its own, without any privilege, is told to end."""

import signal
import socket
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from tests.processes import serving
from tests.unprivileged import UNPRIVILEGED, privileges_of

pytestmark = [pytest.mark.both_engines, pytest.mark.processes]

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


@pytest.mark.skipif(not UNPRIVILEGED, reason="Linux alone has capabilities to drop")
def test_whoever_has_come_is_answered(settings, database, tmp_path):
    shared = {"database_url": settings.database_url, "seal_key_file": settings.seal_key_path}
    with serving(tmp_path, **shared) as server, ExitStack() as visitors:
        assert privileges_of(server.process.pid) == 0
        address = ("127.0.0.1", urlsplit(server.address).port)
        come = [
            visitors.enter_context(socket.create_connection(address, timeout=20))
            for _each in range(10)
        ]
        for visitor in come:
            visitor.sendall(REQUEST[:20])
        # It stands still meanwhile, so that it finds both when it goes on.
        server.process.send_signal(signal.SIGSTOP)
        server.process.terminate()
        for visitor in come:
            visitor.sendall(REQUEST[20:])
        server.process.send_signal(signal.SIGCONT)
        answers = [visitor.makefile("rb").read() for visitor in come]
        assert [answer.split(b" ", 2)[1] for answer in answers] == [b"200"] * len(come)
        assert server.process.wait(20) == 0
