"""Servers to measure, each a process of its own on this machine's loopback."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.processes import free_port

ROOT = Path(__file__).resolve().parents[2]
PORTAL = Path(sys.executable).with_name("portal")


def environment(data_dir, port, **more):
    """What a portal under measurement is told; nothing of the caller's own settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")}
    return kept | {
        "PORTAL_DATA_DIR": str(data_dir),
        "PORTAL_PORT": str(port),
        "PORTAL_WORKER": "0",
        "PORTAL_RATE_LIMITS": "0",
        "PORTAL_LOG_LEVEL": "WARNING",
        # As the image has it.
        "MALLOC_ARENA_MAX": "1",
        "MALLOC_TRIM_THRESHOLD_": "65536",
        **more,
    }


@contextlib.contextmanager
def started(command, port, path="/", seconds=120, **options):
    """A running server: its address and process id; it may take some seconds to begin."""
    process = subprocess.Popen(command, cwd=ROOT, **options)
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + seconds
        while True:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(address + path, trust_env=False)
                break
            if time.monotonic() > until or process.poll() is not None:
                raise RuntimeError("the server did not start")
            time.sleep(0.1)
        yield address, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def hello_server():
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "tests.load.hello:app", "--port", str(port)]
    command += ["--loop", "uvloop", "--http", "httptools", "--no-access-log"]
    return started([*command, "--log-level", "warning"], port)


def portal_server(data_dir, workers=1, **more):
    """A portal whose log, if it is told to write one, goes nowhere."""
    port = free_port()
    return started(
        [PORTAL, "serve", "--workers", str(workers)],
        port,
        "/healthz",
        env=environment(data_dir, port, **more),
        stderr=subprocess.DEVNULL,
    )


def run_portal(data_dir, *arguments, **more):
    """A command of the portal; returns what it printed."""
    done = subprocess.run(
        [PORTAL, *arguments],
        cwd=ROOT,
        env=environment(data_dir, 8000, **more),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def resident_mebibytes(pid):
    """Resident memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(pid)
