"""A real server that speaks S3, in a process and an environment of its own."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from portal import HOME
from tests.processes import free_port

# Made by `make test`; it is apart since the server wants older libraries than the portal.
PYTHON = HOME / ".venv-s3" / "bin" / "python"
BUCKET = "pictures"
PATIENCE = 60


@contextmanager
def s3_server() -> Iterator[str]:
    """The address of a server with one empty bucket; where it is missing in CI, that is a fault."""
    if not PYTHON.exists():
        if os.environ.get("CI"):
            pytest.fail("there is no S3 server to test with: `make test` installs it")
        pytest.skip("no S3 server on this machine: `make test` installs it")
    port = free_port()
    process = subprocess.Popen(
        [PYTHON, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={},
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _make_bucket(process, address)
        yield address
    finally:
        process.terminate()
        process.wait(15)


def _make_bucket(process: subprocess.Popen[bytes], address: str) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            made = httpx.put(f"{address}/{BUCKET}", trust_env=False, timeout=PATIENCE)
        except httpx.TransportError:
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            assert made.status_code == httpx.codes.OK, made.text
            return
