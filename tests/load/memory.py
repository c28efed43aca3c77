"""`python -m tests.load.memory --minutes N`: one worker's memory under mixed load, and its slope.

Strangers read kept and drawn pages in three languages, members their own, guests sign up, feeds,
calendars and files are fetched: whatever could keep something. Each request is another one.
"""

import argparse
import asyncio
import itertools
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

from tests.load.servers import portal_server, resident_mebibytes, run_portal

MAX_MEBIBYTES, MAX_GROWTH_AN_HOUR = 200, 5
READERS, EVERY_SECONDS = 8, 5
LANGUAGES = ("kk", "ru", "en", "kk-Latn", "kk-Arab")
STRANGERS = (
    "/{tag}",
    "/{tag}/events?page={page}",
    "/{tag}/events/event-{n}",
    "/{tag}/events/event-{n}/event.ics",
    "/{tag}/search?q=nauryz+{n}",
    "/{tag}/calendar/{month}",
    "/{tag}/stories",
    "/{tag}/organizations/organization-a",
    "/{tag}/feed.atom",
    "/{tag}/about",
    "/{tag}/nothing-{n}",
)
MEMBERS = ("/{tag}/passes", "/{tag}/profile", "/{tag}/events/event-{n}")
EDITORS = ("/{tag}/manage", "/{tag}/manage/events/{own}/participants")


def requests(ids):
    """Endless different requests: path, session, and what a form sends."""
    sessions = ids["secrets"]["sessions"]
    own = ids["organizations"]["a"]["events"]["public"]["slug"]
    paths = [
        *((path, None) for path in STRANGERS),
        *((path, sessions["member-1"]) for path in MEMBERS),
        *((path, sessions["editor-a"]) for path in EDITORS),
    ]
    for number in itertools.count():
        path, session = paths[number % len(paths)]
        facts = {
            "tag": LANGUAGES[number // len(paths) % len(LANGUAGES)],
            "n": number * 7 % 10_000,
            "page": number % 40 + 1,
            "month": f"2026-{number % 12 + 1:02}",
            "own": own,
        }
        yield path.format(**facts), session, None
        if number % len(paths) == 0:
            file = f"/{facts['tag']}/manage/events/{own}/participants.xlsx"
            yield file, sessions["editor-a"], {}
        if number % 10 == 0:
            form = {"name": f"Guest {number}", "email": f"guest-{number}@example.org"}
            yield f"/{facts['tag']}/events/event-{facts['n']}/registration", None, form


async def mixed(address, ids, until):
    """Keeps some readers busy until then; answers how many requests were answered."""
    waiting, answered = requests(ids), 0

    async def reader():
        nonlocal answered
        async with httpx.AsyncClient(base_url=address, timeout=60, trust_env=False) as client:
            while time.monotonic() < until:
                path, session, form = next(waiting)
                headers = {"cookie": f"session={session}"} if session else {}
                if form is None:
                    answer = await client.get(path, headers=headers)
                else:
                    answer = await client.post(
                        path, data=form, headers=headers | {"origin": address}
                    )
                if answer.is_server_error:
                    raise RuntimeError(f"{answer.status_code} {path}")
                answered += 1

    await asyncio.gather(*(reader() for _reader in range(READERS)))
    return answered


async def watched(address, pid, ids, minutes):
    """Requests answered, and memory every few seconds: seconds and mebibytes."""
    begun, seen = time.monotonic(), []

    async def watch():
        while True:
            seen.append((time.monotonic() - begun, resident_mebibytes(pid)))
            await asyncio.sleep(EVERY_SECONDS)

    watching = asyncio.create_task(watch())
    answered = await mixed(address, ids, begun + minutes * 60)
    watching.cancel()
    return answered, seen


def measured(address, pid, ids, minutes):
    """The row of a portal with seeded events."""
    answered, seen = asyncio.run(watched(address, pid, ids, minutes))
    # Caches fill in the first half.
    later = [each for each in seen if each[0] > minutes * 30]
    slope = statistics.linear_regression(*zip(*later, strict=True)).slope * 3600
    most = max(mebibytes for _second, mebibytes in seen)
    return {
        "what": f"memory of one worker, {minutes:g} minutes of mixed load",
        "requests": answered,
        "MiB after each tenth": [round(each[1]) for each in seen[:: max(1, len(seen) // 10)]],
        "most, MiB": round(most),
        "MiB an hour in the second half": round(slope, 1),
        "promised": f"{MAX_MEBIBYTES} MiB, {MAX_GROWTH_AN_HOUR} MiB an hour",
        "holds": most <= MAX_MEBIBYTES and slope <= MAX_GROWTH_AN_HOUR,
    }


def main():
    """Prints a JSON object; fails beyond the memory promised, or if it goes on growing."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=60)
    minutes = asked.parse_args().minutes
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "data"
        ids = json.loads(run_portal(folder, "seed", "--profile", "10k", "--without-search"))
        with portal_server(folder) as (address, pid):
            row = measured(address, pid, ids, minutes)
    print(json.dumps(row))
    sys.exit(not row["holds"])


if __name__ == "__main__":
    main()
