"""The portal as its operator runs it: commands and a server in processes of their own."""

import io
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import (
    ExitStack,
    closing,
    contextmanager,
    redirect_stderr,
    redirect_stdout,
    suppress,
)
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from portal import HOME
from portal.cli.main import main
from tests.unprivileged import UNPRIVILEGED

COMMAND = [sys.executable, "-m", "portal"]
PATIENCE = 60.0  # seconds a server may take to start on a busy machine
OWN = {"sec-fetch-site": "same-origin"}


def environment(folder: Path, **settings: Any) -> dict[str, str]:
    """This process's environment with the portal's settings replaced by these."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")}
    given = {"data_dir": folder, "worker": "false", "rate_limits": "false"} | settings
    return kept | {f"PORTAL_{name.upper()}": str(value) for name, value in given.items()}


def run(folder: Path, *arguments: str, **settings: Any) -> subprocess.CompletedProcess[str]:
    """A command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=HOME,
        env=environment(folder, **settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class Done(NamedTuple):
    """What came of a command."""

    code: int
    out: str
    err: str


# Starting a process that has the whole portal takes longer than most commands do, so one is started
# and the others are forked from it; they have nothing of the test's own process.
_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(["portal.cli.main", "portal.app", "portal.demo.seed.run"])


def run_all(folder: Path, *commands: list[str], **settings: Any) -> list[Done]:
    """Commands in turn; a dictionary at a command's end changes settings from there on."""
    shift = [
        (command[:-1], {f"PORTAL_{k.upper()}": str(v) for k, v in command[-1].items()})
        if isinstance(command[-1], dict)
        else (command, {})
        for command in commands
    ]
    ours, theirs = _FORKED.Pipe(duplex=False)
    process = _FORKED.Process(
        target=_work, args=(theirs, environment(folder, **settings), shift), daemon=True
    )
    process.start()
    theirs.close()
    with closing(ours):
        assert ours.poll(300), "the commands do not end"
        done: list[Done] = ours.recv()
    process.join()
    process.close()
    return done


def _work(told: Connection, environ: dict[str, str], shift: list[Any]) -> None:
    """A process that does the commands of `shift` with nothing but its environment."""
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(HOME)
    done = []
    for arguments, settings in shift:
        os.environ.update(settings)
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                code: Any = main(arguments)
            except SystemExit as end:
                code = end.code
        done.append(Done(code, out.getvalue(), err.getvalue()))
    told.send(done)


@dataclass
class Server:
    """A running `portal serve`."""

    process: subprocess.Popen[bytes]
    address: str
    log: Path

    def browser(self) -> httpx.Client:
        """A browser on its pages; follows nothing by itself."""
        return httpx.Client(base_url=self.address, headers=OWN, timeout=30, trust_env=False)

    def stop(self) -> None:
        """As its operator would end it: when this returns, its last line is in the log."""
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """As a power cut would end it."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)


def free_port(following: int = 0) -> int:
    """A port nobody listens on now, nor on the ones that follow it: a demo takes two more."""
    while True:
        with ExitStack() as probes:
            first = probes.enter_context(socket.socket())
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            with suppress(OSError, OverflowError):
                for number in range(port + 1, port + 1 + following):
                    probes.enter_context(socket.socket()).bind(("127.0.0.1", number))
                return port


@contextmanager
def serving(folder: Path, **settings: Any) -> Iterator[Server]:
    """`portal serve` of a migrated database until the block ends."""
    port = free_port()
    log = folder / f"log-{port}"
    with log.open("wb") as lines:
        process = subprocess.Popen(
            [*COMMAND, "serve"],
            cwd=HOME,
            env=environment(folder, port=port, **settings),
            stdout=lines,
            stderr=lines,
            **UNPRIVILEGED,
        )
    server = Server(process, f"http://127.0.0.1:{port}", log)
    try:
        wait_for(server)
        yield server
    finally:
        if process.poll() is None:
            server.stop()


def wait_for(server: Server) -> None:
    """Returns when it answers."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            if httpx.get(f"{server.address}/readyz", trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        if server.process.poll() is not None or time.monotonic() > until:
            message = f"the server did not start:\n{server.log.read_text()}"
            raise RuntimeError(message)
        time.sleep(0.05)
