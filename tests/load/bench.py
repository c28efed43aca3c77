"""`make bench`: what pages and sign-ups cost, as shares of a bare "hello", all in one run.

Times move with the machine; a ratio to a hello measured beside it moves little. Counted is the
server's processor time a request, with the request log on; what the clock on the wall says stands
beside it. Needs `wrk` (Debian's package of that name).
"""

import contextlib
import json
import platform
import secrets
import shutil
import sys
import tempfile
import threading
from pathlib import Path

import httpx
from sqlalchemy import create_engine, text

from tests.load.measuring import cost, row_of, script_for, share
from tests.load.servers import hello_server, portal_server, resident_mebibytes, run_portal
from tests.load.wave import wave
from tests.postgres.server import start_postgres

ROUNDS = 7
ZONES = (
    *("Asia/Almaty", "Asia/Tashkent", "Asia/Seoul", "Asia/Dubai", "Asia/Hovd", "Asia/Kabul"),
    *("Europe/Berlin", "Europe/Paris", "Europe/London", "Europe/Moscow", "Europe/Istanbul"),
    *("America/New_York", "America/Chicago", "America/Toronto", "Australia/Perth", "Asia/Tokyo"),
    *("Asia/Bishkek", "Asia/Tehran", "Africa/Cairo"),
)
_COOKIES = ", ".join(f'"time_zone={zone}"' for zone in ZONES)
IN_MANY_ZONES = f'["Cookie"] = ({{{_COOKIES}}})[n % {len(ZONES)} + 1]'
# A stranger for whom no page is cached.
SOMEBODY = '["Authorization"] = "Basic c29tZWJvZHk6MQ=="'
LIST = {"path": "/%s/events?page=%d", "count": 10, "first": 1}
EVENT = {"path": "/%s/events/event-%d", "count": 20, "first": 0}
# Nothing serves twice: events are asked for one after the other, and lists in many zones, where
# their rows say other hours.
NEW_LIST = LIST | {"count": 20, "headers": IN_MANY_ZONES}
NEW_EVENT = EVENT | {"step": 7, "count": 10_000}
# Least shares of hello: of the list, and of an event's page.
PROMISED = {
    "SQLite": {"cached": (0.45, 0.45), "fragments": (0.06, 0.09), "member": (0.03, 0.04)},
    "PostgreSQL": {"cached": (0.4, 0.4), "fragments": (0.05, 0.07), "member": (0.015, 0.02)},
}
FROM_NOTHING = (0.01, 0.025)
MAX_MEBIBYTES = 160


@contextlib.contextmanager
def signing_up(address, slug, *, seconds=1):
    """One guest after the other signs up for an event, another one each `seconds`."""
    stop, failed = threading.Event(), []

    def sign_up():
        headers = {"origin": address}
        with httpx.Client(base_url=address, headers=headers, trust_env=False) as client:
            while not stop.wait(seconds):
                form = {"name": "Guest", "email": f"{secrets.token_hex(8)}@example.org"}
                answer = client.post(f"/en/events/{slug}/registration", data=form)
                if answer.status_code != 303:
                    failed.append(answer.status_code)

    thread = threading.Thread(target=sign_up)
    thread.start()
    yield
    stop.set()
    thread.join()
    if failed:
        raise RuntimeError(f"sign-ups were answered {failed}")


def rows_of(server, hello, pages, name, promised, folder):
    """The rows of a list and of an event's page, asked for in turns."""
    scripts = [script_for(folder / f"{at}.lua", **page) for at, page in enumerate(pages)]
    for script in scripts:
        cost(*server, script)
    found = [[] for _page in pages]
    for _round in range(ROUNDS):
        for script, shares in zip(scripts, found, strict=True):
            shares.append(share(hello, server, script))
    return [
        row_of(f"{page}, {name}", shares, least)
        for page, shares, least in zip(("list", "event page"), found, promised, strict=True)
    ]


def of_database(kind, folder, hello, **more):
    """The rows of one kind of database; SQLite's also of pages rendered from nothing."""
    data, promised = folder / kind, PROMISED[kind]
    printed = run_portal(data, "seed", "--profile", "10k", "--seed", "1", **more)
    ids = json.loads(printed)
    session = f'["Cookie"] = "session={ids["secrets"]["sessions"]["member-1"]}"'
    slug = ids["organizations"]["a"]["events"]["public"]["slug"]
    more["PORTAL_LOG_LEVEL"] = "INFO"

    def rows(name, kept, *pages):
        return rows_of(server, hello, pages, f"{name}, {kind}", kept, folder)

    with portal_server(data, **more) as server:
        yield from rows("cached", promised["cached"], LIST, EVENT)
        with signing_up(server[0], slug):
            yield from rows("cached, one sign-up a second", promised["cached"], LIST, EVENT)
        for who, headers in (("fragments", SOMEBODY), ("member", session)):
            pages = [page | {"headers": headers} for page in (LIST, EVENT)]
            name = "around fragments" if who == "fragments" else "a member's"
            yield from rows(name, promised[who], *pages)
        memory = resident_mebibytes(server[1])
    yield {
        "what": f"memory of one worker after these, MiB, {kind}",
        "measured": round(memory),
        "promised": MAX_MEBIBYTES,
        "holds": memory <= MAX_MEBIBYTES,
    }
    if kind == "SQLite":
        with portal_server(data, PORTAL_PAGE_CACHE="0", **more) as server:
            yield from rows("from nothing", FROM_NOTHING, NEW_LIST, NEW_EVENT)


def everything(folder):
    """All rows, as they are measured."""
    with hello_server() as hello:
        yield from of_database("SQLite", folder, hello)
        yield wave(folder / "wave", hello)
        with start_postgres(folder) as address:
            created = create_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT")
            with created.connect() as connection:
                connection.execute(text("CREATE DATABASE pages"))
            created.dispose()
            url = {"PORTAL_DATABASE_URL": f"{address}/pages"}
            yield from of_database("PostgreSQL", folder, hello, **url)
            yield wave(folder / "postgres-wave", hello, f"{address}/postgres")


def main():
    """Prints a JSON object a row; fails if one does not hold."""
    if shutil.which("wrk") is None:
        sys.exit("wrk is needed: apt-get install wrk")
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    holds = []
    with tempfile.TemporaryDirectory() as name:
        for row in everything(Path(name)):
            print(json.dumps(row, ensure_ascii=False), flush=True)
            holds.append(row["holds"])
    sys.exit(not all(holds))


if __name__ == "__main__":
    main()
