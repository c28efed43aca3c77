"""Replicas of the portal, each a process of its own on this machine, and who visits them."""

import ssl
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from portal import HOME
from tests.processes import COMMAND, PATIENCE, environment, free_port
from tests.unprivileged import UNPRIVILEGED

NAME = "localhost"


@dataclass
class Replica:
    """One `portal serve`, which is stopped and started at its port, by this or another release."""

    folder: Path
    settings: dict[str, Any]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it is reached past the proxy."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, home: Path = HOME) -> None:
        """Begins to serve; returns when it is ready."""
        given = environment(self.folder, port=self.port, **self.settings)
        given["PYTHONPATH"] = str(home)
        with (self.folder / f"log-{self.port}").open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "serve"], cwd=home, env=given, stdout=log, stderr=log, **UNPRIVILEGED
            )
        wait_until(lambda: self.ready() == httpx.codes.OK, self.process)

    def ready(self) -> int:
        """What /readyz answers."""
        asked = f"{self.address}/readyz"
        return httpx.get(asked, headers={"host": NAME}, trust_env=False).status_code

    def stop(self) -> None:
        """As its operator would end it."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE)

    def kill(self) -> None:
        """As a power cut would end it."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(PATIENCE)


def wait_until(is_so: Any, process: subprocess.Popen[bytes]) -> None:
    """Returns when something is so; fails where the process has ended, or after a minute."""
    until = time.monotonic() + PATIENCE
    while True:
        with suppress(httpx.TransportError):
            if is_so():
                return
        assert process.poll() is None, f"{process.args} ended"
        assert time.monotonic() < until, f"{process.args} is not ready"
        time.sleep(0.05)


def browser(
    address: str,
    public: str,
    session: str | None = None,
    *,
    certificate: Path | None = None,
    **headers: str,
) -> httpx.Client:
    """A browser on the proxy, or past it on a replica, that comes from our own pages."""
    given = {
        "origin": public,
        "sec-fetch-site": "same-origin",
        "host": public.rsplit("/", maxsplit=1)[-1],
    }
    given |= headers
    if session:
        given["cookie"] = f"__Host-session={session}"
    verify = ssl.create_default_context(cafile=certificate) if certificate else True
    client = httpx.Client(
        base_url=address, headers=given, verify=verify, timeout=60, trust_env=False
    )
    client.cookies.jar.set_policy(_NoCookies())
    return client


class _NoCookies:
    """What a portal sets is not sent along, so that each request says all that it says."""

    rfc2965 = netscape = hide_cookie2 = False
    set_ok = return_ok = domain_return_ok = path_return_ok = lambda *_: False
