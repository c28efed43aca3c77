"""What the proxy keeps from the portal: slow clients, what is too large, and its own absence."""

import re
import signal
import socket
import ssl
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from portal import HOME
from tests.processes import COMMAND, PATIENCE, environment, free_port
from tests.replicas.proxies import nginx


@pytest.fixture
def proxy(replicas, settings, tmp_path):
    public = urlsplit(settings["base_url"]).port
    with nginx(tmp_path, [each.port for each in replicas], public) as running:
        yield running


def test_a_header_that_does_not_end_is_cut_off(proxy):
    context = ssl.create_default_context(cafile=proxy.certificate)
    with (
        socket.create_connection(("127.0.0.1", proxy.port)) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as slow,
    ):
        begun = time.monotonic()
        slow.sendall(b"GET /en HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        slow.settimeout(30)
        with suppress(ConnectionResetError):
            assert slow.recv(100) == b""
        took = time.monotonic() - begun
    assert 5 < took < 20


def test_what_is_too_large_is_said_in_all_languages(proxy):
    with proxy.browser() as browser:
        answer = browser.post("/en/reports", content=b"x" * (17 * 1024 * 1024))
        assert answer.status_code == 413
        assert all(
            word in answer.text for word in ("ең көбі 12 МБ", "больше 12 МБ", "12 MB at most")
        )
        assert browser.get("/en", headers={"x-long": "x" * 40_000}).status_code == 400


def test_health_and_numbers_are_not_for_the_world(proxy):
    with proxy.browser() as browser:
        for path in ("/metrics", "/readyz", "/healthz"):
            assert browser.get(path).status_code == 404


def test_while_all_replicas_are_away_readers_are_told(tmp_path):
    with nginx(tmp_path, [free_port(), free_port()], free_port()) as proxy, proxy.browser() as one:
        answer = one.get("/kk")
        assert answer.status_code == 503
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["retry-after"] == "30"
        assert "Портал жауап бермей тұр" in answer.text


def test_a_worker_that_is_told_to_stop_ends_what_it_has_begun(folder, settings, world):
    worker = subprocess.Popen(
        [*COMMAND, "deliver-letters"], cwd=HOME, env=environment(folder, **settings)
    )
    until = time.monotonic() + PATIENCE
    while not _listens(worker.pid):
        assert worker.poll() is None
        assert time.monotonic() < until
        time.sleep(0.1)
    worker.terminate()
    assert worker.wait(PATIENCE) == 0


def _listens(pid):
    """Whether SIGTERM is waited for instead of ending the process at once: its threads block it."""
    threads = [each.read_text() for each in Path(f"/proc/{pid}/task").glob("*/status")]
    masks = [int(re.search(r"SigBlk:\s*(\w+)", each)[1], 16) for each in threads]
    return any(mask >> (signal.SIGTERM - 1) & 1 for mask in masks)
