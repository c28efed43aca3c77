"""2,000 people press the button at once for 500 places, through the public page of two workers."""

import asyncio
import json
import multiprocessing
import statistics
import time

import httpx
from sqlalchemy import create_engine, text

from portal.db.engine import sqlite_module
from tests.load.measuring import cost, processor_seconds
from tests.load.servers import portal_server, run_portal

PEOPLE, PLACES, TWICE = 2_000, 500, 100
# What a sign-up costs at most as a share of hello's processor time, and the longest anybody waits.
LEAST = {"sqlite": 0.05, "postgresql": 0.025}
LONGEST_SECONDS = 5
# Two pages that a stranger reads meanwhile: one that is cached, and one that is always rendered.
MEANWHILE = {"cached": "/en/about", "rendered": "/en/search?q=music"}
EVERY_SECONDS = 0.1


async def _press(address, request):
    """Status and seconds of one form sent on a connection of its own."""
    host, port = address.removeprefix("http://").split(":")
    begun = time.perf_counter()
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    line = await reader.readline()
    seconds = time.perf_counter() - begun
    writer.close()
    return int(line.split()[1]), seconds


def _request(address, slug, number):
    form = f"name=Racer+{number}&email=racer-{number}%40example.org"
    return (
        f"POST /en/events/{slug}/registration HTTP/1.1\r\n"
        f"Host: {address.removeprefix('http://')}\r\nOrigin: {address}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(form)}\r\nConnection: close\r\n\r\n{form}"
    ).encode()


async def _all_press(address, slug):
    """Everybody once, and some of them twice."""
    pressing = [_request(address, slug, number) for number in [*range(PEOPLE), *range(TWICE)]]
    return await asyncio.gather(*(_press(address, request) for request in pressing))


def _read_meanwhile(address, begun_reading, stop, found):
    """Asks for both pages again and again from a process of its own."""
    seconds = {name: [] for name in MEANWHILE}
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        while not stop.is_set():
            for name, path in MEANWHILE.items():
                begun = time.perf_counter()
                client.get(path).raise_for_status()
                seconds[name].append(time.perf_counter() - begun)
            begun_reading.set()
            stop.wait(EVERY_SECONDS)
    found.put(seconds)


class _Reader:
    """Reads beside what is measured; `seconds` by page afterwards."""

    def __init__(self, address):
        spawn = multiprocessing.get_context("spawn")
        self._begun, self._stop, self._found = spawn.Event(), spawn.Event(), spawn.Queue()
        shared = (address, self._begun, self._stop, self._found)
        self._process = spawn.Process(target=_read_meanwhile, args=shared)

    def __enter__(self):
        self._process.start()
        self._begun.wait(60)
        return self

    def __exit__(self, *_error):
        self._stop.set()
        self.seconds = self._found.get(timeout=60)
        self._process.join()


def _milliseconds(seconds):
    return {
        name: f"median {statistics.median(each) * 1000:.0f}, longest {max(each) * 1000:.0f}"
        for name, each in seconds.items()
    }


def wave(folder, hello, database_url=""):
    """The row of the rush: how the places went, in which order, and what each sign-up cost."""
    more = {"PORTAL_DATABASE_URL": database_url} if database_url else {}
    ids = json.loads(run_portal(folder, "seed", "--profile", "small", **more))
    event = ids["organizations"]["a"]["events"]["public"]
    url = database_url or f"sqlite:///{folder / 'portal.db'}"
    engine = create_engine(url, **({} if database_url else {"module": sqlite_module()}))
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE event_seats SET capacity = taken + :places WHERE event_id = :id"),
            {"places": PLACES, "id": event["id"]},
        )
        before = connection.scalar(text("SELECT max(id) FROM registrations"))
    base = cost(*hello)
    with portal_server(folder, workers=2, **more) as (address, pid):
        with _Reader(address) as quiet:
            time.sleep(3)
        with _Reader(address) as busy:
            spent, begun = processor_seconds(pid), time.perf_counter()
            answers = asyncio.run(_all_press(address, event["slug"]))
            took, spent = time.perf_counter() - begun, processor_seconds(pid) - spent
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT status, queue_number FROM registrations "
                "WHERE event_id = :event AND id > :before ORDER BY queue_number"
            ),
            {"event": event["id"], "before": before},
        ).all()
        emails = connection.scalar(
            text("SELECT count(*) FROM emails WHERE registration_id > :before"),
            {"before": before},
        )
    engine.dispose()
    statuses = [status for status, _number in rows]
    exact = statuses == ["confirmed"] * PLACES + ["waitlisted"] * (PEOPLE - PLACES)
    errors = sum(status != 303 for status, _seconds in answers)
    ratio = base.processor / (spent / len(answers))
    slowest = max(seconds for _status, seconds in answers)
    least = LEAST[engine.dialect.name]
    return {
        "what": f"{PEOPLE} sign-ups racing for {PLACES} places, {engine.dialect.name}",
        "confirmed": statuses.count("confirmed"),
        "waiting": statuses.count("waitlisted"),
        "in order": exact,
        "emails": emails,
        "errors": errors,
        "a second": round(len(answers) / took),
        "of hello, processor time": f"{ratio:.2%}",
        "by wall clock": f"{len(answers) / took / base.rate:.2%}",
        "promised": f"{least:.1%}",
        "slowest, s": round(slowest, 2),
        "pages before, ms": _milliseconds(quiet.seconds),
        "pages meanwhile, ms": _milliseconds(busy.seconds),
        "holds": exact
        and not errors
        and len(rows) == emails == PEOPLE
        and slowest < LONGEST_SECONDS
        and ratio >= least,
    }
