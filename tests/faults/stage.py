"""A portal of real processes, people who sign up at it, and what they were told."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import itertools
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import httpx
from aiosmtpd.controller import Controller
from sqlalchemy import create_engine, text

from portal.database import sqlite_module
from portal.sealing import Seal
from tests.functional.processes import OWN, PATIENCE, Server, environment, free_port, wait_for

# How often something is killed in all, and for how many seconds the database is locked.
ROUNDS = int(os.environ.get("FAULT_ROUNDS") or 200)
SECONDS = int(os.environ.get("FAULT_SECONDS") or 60)
TYPED = {"name": "Айгерім «Ай»", "email": "aigerim@example.org"}
SAID = {
    "en": "Nothing you typed is lost",
    "ru": "Ничего из написанного не потеряно",
    "kk": "Жазғаныңыз жоғалған жоқ",
}
# No worker takes up letters of one that died sooner than this many seconds after.
LEASE_OVER = 310


class Loaded:
    """Starts processes of the portal, and ends those that are left (tests.faults.loaded)."""

    def __init__(self):
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.loaded"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lock, self._started = threading.Lock(), []

    def start(self, arguments, environment, log, clock=None, outside=None):
        """A command's process; `clock` names a file, `outside` a port."""
        out = tempfile.mktemp(prefix="faults-")
        asked = {
            "arguments": arguments,
            "environment": environment,
            "log": str(log),
            "out": out,
            "code": f"{out}.code",
            "clock": clock and str(clock),
            "outside": outside,
        }
        with self._lock:
            self._parent.stdin.write(json.dumps(asked) + "\n")
            self._parent.stdin.flush()
            process = Process(int(self._parent.stdout.readline()), Path(out))
            self._started.append(process)
        return process

    def end_all(self):
        for process in self._started:
            process.kill()
            process.forget()
        self._started.clear()

    def close(self):
        self.end_all()
        with self._parent:
            self._parent.stdin.close()


class Process:
    """What `subprocess.Popen` is of one's own child."""

    def __init__(self, number, out):
        self._handle, self._out = os.pidfd_open(number), out

    def poll(self):
        """Its exit code once it has ended: -9 if it was killed."""
        if not select.select([self._handle], [], [], 0)[0]:
            return None
        code = Path(f"{self._out}.code")
        return int(code.read_text()) if code.exists() else -signal.SIGKILL

    def wait(self, timeout=PATIENCE):
        if not select.select([self._handle], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("portal", timeout)
        return self.poll()

    def send_signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)
        self.wait()

    def said(self):
        return self._out.read_text()

    def forget(self):
        os.close(self._handle)
        for file in (self._out, Path(f"{self._out}.code")):
            file.unlink(missing_ok=True)


class Portal:
    """An installation: its folder, its database and what it knows from `portal seed`."""

    def __init__(self, loaded, folder, url, **settings):
        self._loaded, self.folder, self.url = loaded, folder, url
        self.settings = {"database_url": url, "log_level": "WARNING"} | settings
        self.data_dir = self.settings.get("data_dir", folder)
        folder.mkdir(exist_ok=True)
        self.seeded = json.loads(self.ask("seed"))
        self.event = self.seeded["organizations"]["a"]["events"]["public"]
        self.execute("UPDATE events SET capacity = NULL WHERE id = :id", id=self.event["id"])

    def start(self, *arguments, clock=None, outside=None, **settings):
        """A command that goes on beside the test."""
        told = environment(self.folder, **(self.settings | settings))
        return self._loaded.start(arguments, told, self.folder / "log", clock, outside)

    def ask(self, *arguments, shift=0, **settings):
        """What a command prints; it must succeed. `shift` puts its clock forward by seconds."""
        clock = self.folder / "shift"
        clock.write_text(str(shift))
        process = self.start(*arguments, clock=clock if shift else None, **settings)
        assert process.wait(600) == 0, process.said() + self.log()
        return process.said()

    def verify(self):
        """Everything is as it must always be, or `portal verify` says what is not."""
        assert self.ask("verify") == ""

    def log(self):
        file = self.folder / "log"
        return file.read_text()[-4_000:] if file.exists() else ""

    def server(self, port=0, **given):
        """`portal serve`, before it answers."""
        port = port or free_port()
        process = self.start("serve", port=port, **given)
        return Server(process, f"http://127.0.0.1:{port}", self.folder / "log")

    @contextlib.contextmanager
    def serving(self, **given):
        """A server until the block ends."""
        server = self.server(**given)
        wait_for(server)
        yield server
        server.process.kill()

    def worker(self, **given):
        return self.start("deliver-letters", **given)

    def at(self, settings):
        """The same portal with another database, and perhaps another folder of data."""
        other = copy.copy(self)
        other.settings = self.settings | settings
        other.url = other.settings["database_url"]
        other.data_dir = other.settings.get("data_dir", self.folder)
        return other

    def signed_in(self, subject):
        """The header of somebody's session."""
        return {"cookie": f"session={self.seeded['secrets']['sessions'][subject]}"}

    @contextlib.contextmanager
    def connection(self):
        """Beside the portal, at the database itself."""
        module = {"module": sqlite_module()} if self.is_sqlite else {}
        engine = create_engine(self.url, **module)
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()

    @property
    def is_sqlite(self):
        return self.url.startswith("sqlite")

    def execute(self, statement, **values):
        with self.connection() as connection:
            connection.execute(text(statement), values)
            connection.commit()

    def column(self, statement, **values):
        with self.connection() as connection:
            return list(connection.execute(text(statement), values).scalars())

    @contextlib.contextmanager
    def locked(self):
        """Somebody else lets nobody write until the block ends."""
        with self.connection() as connection:
            if self.is_sqlite:
                connection.connection.driver_connection.isolation_level = None
                connection.exec_driver_sql("BEGIN EXCLUSIVE")
            else:
                connection.exec_driver_sql("LOCK TABLE registrations IN EXCLUSIVE MODE")
            yield
            connection.rollback()

    def lost(self, told):
        """Whose sign-ups are not there though they were told that they are."""
        seal = Seal.from_file(self.data_dir / "seal.key")
        kept = set(
            self.column(
                "SELECT email_index FROM registrations WHERE status <> 'cancelled'"
                " AND email_index IS NOT NULL"
            )
        )
        return [address for address in told if seal.index(address) not in kept]

    def unwritten(self, told, mailbox):
        """Who has no letter, once what dead workers had taken has been taken up again."""
        while json.loads(self.ask("deliver-letters", "--once", shift=LEASE_OVER, **mailbox.url))[
            "sent"
        ]:
            pass
        return set(told) - set(mailbox.arrived)

    @property
    def sign_up_path(self):
        return f"/events/{self.event['slug']}/registration"


class Answer(NamedTuple):
    at: float
    seconds: float
    status: int  # 0 where the connection was cut off


class Crowd:
    """People who sign up one after another, each at the next of the doors that is open."""

    numbers = itertools.count()

    def __init__(self, portal, *doors, threads=3, pages=()):
        """Between sign-ups each reads some pages."""
        self._path, self._doors, self._pages = f"/en{portal.sign_up_path}", doors, pages
        self._closed = dict.fromkeys(doors, 0.0)
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._go_on) for _each in range(threads)]
        self.told, self.answers = [], []

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _go_on(self):
        doors = itertools.cycle(self._doors)
        with httpx.Client(headers=OWN, timeout=PATIENCE, trust_env=False) as browser:
            while not self._stop.is_set():
                address = f"guest-{next(self.numbers)}@example.org"
                form = {"name": "Guest", "email": address}
                if self._ask(browser, doors, "POST", self._path, data=form) == 303:
                    self.told.append(address)
                for page in self._pages:
                    self._ask(browser, doors, "GET", page)

    def _ask(self, browser, doors, method, path, **more):
        """As behind a proxy: a closed door leads to the next, and only reading is tried twice."""
        for door in itertools.islice(doors, len(self._doors)):
            if self._closed[door] > time.monotonic():
                continue
            begun, status = time.monotonic(), 0
            try:
                status = browser.request(method, door + path, **more).status_code
            except httpx.TransportError as failure:
                if isinstance(failure, httpx.ConnectError) or method == "GET":
                    self._closed[door] = time.monotonic() + (len(self._doors) > 1)
                    continue
            now = time.monotonic()
            self.answers.append(Answer(now, now - begun, status))
            return status
        self._stop.wait(0.05)
        return None

    def count(self):
        return dict(Counter(answer.status for answer in self.answers))

    @property
    def slowest(self):
        return round(max(answer.seconds for answer in self.answers), 2)


class Mailbox:
    """A mail server that misbehaves as told, and keeps what it took over."""

    def __init__(self, port=0):
        self.port = port or free_port()
        self.arrived = Counter()  # by address
        # Answers by address; seconds for every letter, and by address; how often it dies.
        self.refused, self.seconds, self.slow_for, self.dies = {}, 0.0, {}, 0
        self.begun = threading.Event()

    def __enter__(self):
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def __exit__(self, *_error):
        self._controller.stop()

    @property
    def url(self):
        return {"smtp_url": f"smtp://127.0.0.1:{self.port}"}

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.begun.set()
        await asyncio.sleep(self.slow_for.get(envelope.rcpt_tos[0], self.seconds))
        self.arrived.update(envelope.rcpt_tos)
        if self.dies:
            self.dies -= 1
            server.transport.abort()
        return "250 OK"


def wait_until(true, seconds=PATIENCE):
    """Returns how long it took until something was true."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() < begun + seconds, "it never came true"
        time.sleep(0.05)
    return time.monotonic() - begun


def check_refused(answer, portal, language):
    """503 in the reader's language, when to come back, and a form with what was typed."""
    from tests.functional.pages import page_of, words

    assert answer.status_code == 503, answer.text
    assert int(answer.headers["retry-after"]) > 0
    assert SAID[language] in words(answer)
    (form,) = page_of(answer).xpath("//main//form[@method='post']")
    typed = {each.get("name"): each.get("value") for each in form.xpath(".//input")}
    assert (form.get("action"), typed) == (f"/{language}{portal.sign_up_path}", TYPED)


class Watch:
    """A reader who never stops reading; the slowest answer and whatever was no page."""

    def __init__(self, address, *paths):
        self._address, self._paths = address, paths
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read)
        self.slowest, self.bad, self.read = 0.0, [], 0

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._stop.set()
        self._thread.join()

    def _read(self):
        with httpx.Client(base_url=self._address, timeout=PATIENCE, trust_env=False) as browser:
            for path in itertools.cycle(self._paths):
                if self._stop.wait(0.02):
                    return
                begun = time.monotonic()
                status = browser.get(path).status_code
                self.slowest = max(self.slowest, round(time.monotonic() - begun, 2))
                self.read += 1
                if status != 200:
                    self.bad.append((path, status))
