"""A process that has loaded the portal, and forks one for every command it is told of.

Loading takes longer than anything else about a command; what is forked is a process like any
other. Of each line of standard input, a JSON object, the number of the process is answered. None
is waited for here, so that its number stays its own.
"""

import json
import os
import sys
import time
import traceback
from datetime import timedelta
from pathlib import Path

import httpcore

from portal import HOME, app
from portal.cli import main as cli
from portal.core import clock
from portal.net.safe_http import SafeClient
from portal.worker import loop

PUBLIC = "93.184.216.34"


class Names:
    """Every name has one public address, and nothing is written about it."""

    async def resolve_name(self, *_asked, **_options):
        return self

    def addresses(self):
        return [PUBLIC]

    async def resolve(self, *_asked, **_options):
        return []


class Dialer(httpcore.AnyIOBackend):
    """Whatever is public leads to one port of this machine."""

    def __init__(self, port):
        self._port = port

    async def connect_tcp(self, host, port, *more, **options):
        assert host == PUBLIC
        return await super().connect_tcp("127.0.0.1", self._port, *more)


def set_clock(file):
    """By as many seconds as the file says at every question."""
    now, seconds = clock.now, time.time

    def shift():
        return float(file.read_text())

    clock.now = lambda: now() + timedelta(seconds=shift())
    time.time = lambda: seconds() + shift()


def lead_outside(port):
    def client():
        return SafeClient(resolver=Names(), dialer=Dialer(port))

    app.GuardedClient = loop.GuardedClient = client


def become(asked):
    """The command, with its output and then its exit code in files."""
    os.chdir(HOME)
    os.environ.clear()
    os.environ.update(asked["environment"])
    for number, (place, how) in enumerate(
        [("/dev/null", os.O_RDONLY)]
        + [(asked[each], os.O_WRONLY | os.O_CREAT | os.O_APPEND) for each in ("out", "log")]
    ):
        os.dup2(os.open(place, how, 0o600), number)
    if asked["clock"]:
        set_clock(Path(asked["clock"]))
    if asked["outside"]:
        lead_outside(asked["outside"])
    try:
        code = cli.main(asked["arguments"])
    except SystemExit as end:
        code = end.code or 0
    sys.stdout.flush()
    Path(asked["code"]).write_text(str(code))


if __name__ == "__main__":
    for line in sys.stdin:
        if number := os.fork():
            print(number, flush=True)
            continue
        try:
            become(json.loads(line))
        except Exception:  # noqa: BLE001 - whatever it was, its code is missing
            traceback.print_exc()
        finally:
            os._exit(0)
