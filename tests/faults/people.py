"""People who sign up and read, what they are told, and the server that takes their letters."""

import asyncio
import itertools
import threading
import time
from collections import Counter
from typing import NamedTuple

import httpx
from aiosmtpd.controller import Controller

from tests.processes import OWN, PATIENCE, free_port


class Answer(NamedTuple):
    at: float
    seconds: float
    status: int  # or one of these:


CUT_OFF, ALL_CLOSED = 0, -1


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
            begun, status = time.monotonic(), CUT_OFF
            try:
                status = browser.request(method, door + path, **more).status_code
            except httpx.TransportError as failure:
                if isinstance(failure, httpx.ConnectError) or method == "GET":
                    self._closed[door] = time.monotonic() + (len(self._doors) > 1)
                    continue
            now = time.monotonic()
            self.answers.append(Answer(now, now - begun, status))
            return status
        self.answers.append(Answer(time.monotonic(), 0.0, ALL_CLOSED))
        self._stop.wait(0.05)
        return ALL_CLOSED

    def count(self):
        return dict(Counter(answer.status for answer in self.answers))

    @property
    def slowest(self):
        return round(max(answer.seconds for answer in self.answers), 2)


class Watch:
    """A reader who never stops reading; the slowest answer and whatever was no page."""

    def __init__(self, portal, address):
        """Two pages that are kept for strangers, and drawn for a member."""
        paths = (f"/en/events/{portal.event['slug']}", "/en/organizations")
        headers = ({}, portal.signed_in("member-1"))
        self._address, self._pages = address, list(itertools.product(paths, headers))
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
            for path, headers in itertools.cycle(self._pages):
                if self._stop.wait(0.02):
                    return
                begun = time.monotonic()
                status = browser.get(path, headers=headers).status_code
                self.slowest = max(self.slowest, round(time.monotonic() - begun, 2))
                self.read += 1
                if status != 200:
                    self.bad.append((path, status))


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
