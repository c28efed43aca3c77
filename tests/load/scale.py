"""`make bench-scale`: pages among a million sign-ups against the same pages among a tenth of that.

What is compared are the quickest answers of each, asked for in turns, since a busy machine only
ever adds. Pages are drawn anew; among them is what people do there. There are ten times as many
organisations, initiatives and stories too. Seeding and indexing takes long: the folder given by
`--keep` is used again.
`--without-search` leaves the index of the search out.
"""

import argparse
import contextlib
import json
import secrets
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
from sqlalchemy import create_engine, text

from tests.load.exports import export
from tests.load.servers import portal_server, run_portal
from tests.postgres.server import start_postgres

FEW, MANY = "10k-crowded", "1m"
MAX_GROWTH = 1.5
ROUNDS, QUICKEST = 60, 6
EVENTS = {FEW: 10_000, MANY: 100_000}
SEARCH = ("search", "/en/search?q=nauryz+{n}", None)
# Page, path, and who asks. `n` is another number each time.
PAGES = (
    ("home", "/en", None),
    ("list", "/en/events?page={page}", None),
    ("past events by topic", "/en/events?when=past&tag=music&page={page}", None),
    ("month", "/en/calendar/{month}", None),
    ("event", "/en/events/event-{n}", None),
    ("initiative", "/en/initiatives/nauryz-public-a", None),
    ("story", "/en/stories/dombyra-a-published", None),
    ("story that many discuss", "/en/stories/{discussed}?page={page}", None),
    ("organisation", "/en/organizations/organization-a", None),
    ("small organisation", "/en/organizations/company-{of_ten}", None),
    ("feed of a small organisation", "/en/organizations/company-{of_ten}/feed.atom", None),
    ("calendar of a small organisation", "/en/organizations/company-{of_ten}/calendar.ics", None),
    ("initiatives", "/en/initiatives?page={page}", None),
    ("stories", "/en/stories?page={page}", None),
    ("stories of an organisation", "/en/stories?organization=company-{of_ten}", None),
    ("author", "/en/authors/{author}", None),
    ("topic", "/en/tags/music", None),
    ("feed", "/en/tags/music/feed.atom", None),
    ("newest results", "/en/results?page={page}", None),
    ("organising", "/en/manage", "editor"),
    ("participants", "/en/manage/events/{crowded}/participants?page={page}", "editor"),
    ("translations", "/en/manage/organization-a/translations", "editor-a"),
    ("feedback", "/en/manage/events/{answered}/results?page={page}", "editor"),
    ("reports", "/en/moderation?page={page}", "administrator"),
    ("administration", "/en/administration", "administrator"),
    ("own sign-ups", "/en/passes", "member"),
    ("own account", "/en/profile", "member"),
    ("numbers for Prometheus", "/metrics", None),
)
# What people do there, and what is sent: a guest's address is another each time.
ACTS = {
    ("sign-up of a guest", "/en/events/{crowded}/registration", None): lambda: {
        "name": "Айша",
        "email": f"{secrets.token_hex(8)}@example.org",
    },
    ("sign-up of a member, again", "/en/events/{crowded}/registration", "member"): dict,
}


class Portal:
    """One of the two: its browsers by who asks, and seconds by page."""

    def __init__(self, address, profile, ids):
        sessions = ids["secrets"]["sessions"]
        self.most, self.seconds = EVENTS[profile], {}
        self.crowded = ids["crowded"]
        self._named = {name: ids[name] for name in ("crowded", "author", "answered", "discussed")}
        self._browsers = {
            None: _browser(address),
            "member": _browser(address, sessions["member-1"]),
            "administrator": _browser(address, sessions["administrator"]),
            "editor": _browser(address, sessions["editor-a"]),
            "editor-a": _browser(address, sessions["editor-a"]),
        }
        if self._browsers["editor"].get(self.participants()).status_code != 200:
            self._browsers["editor"] = _browser(address, sessions["editor-b"])

    def ask(self, page, number):
        """Asks for a page once, or does what is done there."""
        name, path, who = page
        month = datetime.now(UTC).strftime("%Y-%m")
        numbers = {"n": number * 7 % self.most, "page": number % 5 + 1, "of_ten": number % 10}
        path = path.format(month=month, **numbers, **self._named)
        begun = time.perf_counter()
        if page in ACTS:
            answer = self._browsers[who].post(path, data=ACTS[page]())
            assert answer.status_code == 303, answer.text
        else:
            self._browsers[who].get(path).raise_for_status()
        self.seconds.setdefault(name, []).append(time.perf_counter() - begun)

    def cost(self, name):
        """Seconds of the quickest answers, without the first."""
        return statistics.fmean(sorted(self.seconds[name][1:])[:QUICKEST])

    def participants(self, form=""):
        """The path of those of the crowded event, as a page or a file."""
        return f"/en/manage/events/{self.crowded}/participants{form}"

    def export(self, form):
        """The participants of the crowded event as a file, through their organiser's browser."""
        return self._browsers["editor"], self.participants(f".{form}")


def _browser(address, session=None):
    cookies = {"session": session} if session else {}
    headers = {"origin": address}
    return httpx.Client(
        base_url=address, cookies=cookies, headers=headers, timeout=120, trust_env=False
    )


def compared(name, few, many, pages):
    """A row a page: its cost among few and many, and how much it grows."""
    for number in range(ROUNDS):
        for page in pages:
            few.ask(page, number)
            many.ask(page, number)
    for page, _path, _who in pages:
        growth = many.cost(page) / few.cost(page)
        yield {
            "what": f"{page}, {name}",
            "ms among few": round(few.cost(page) * 1000, 1),
            "ms among many": round(many.cost(page) * 1000, 1),
            "growth": round(growth, 2),
            "promised": MAX_GROWTH,
            "holds": growth < MAX_GROWTH,
        }


def seeded(folder, profile, indexed, **more):
    """What `portal seed` printed, now or at an earlier run."""
    printed = folder / "ids.json"
    if not printed.exists():
        folder.mkdir(parents=True, exist_ok=True)
        index = () if indexed else ("--without-search",)
        printed.write_text(run_portal(folder, "seed", "--profile", profile, *index, **more))
        if url := more.get("PORTAL_DATABASE_URL"):
            _look_at(url)
    return json.loads(printed.read_text())


def measured(name, folder, pages, indexed, urls):
    """Rows of one kind of database."""
    with contextlib.ExitStack() as running:
        portals = []
        for profile in (FEW, MANY):
            more = {"PORTAL_DATABASE_URL": urls[profile]} if urls else {}
            data = folder / f"{name}-{profile}"
            ids = seeded(data, profile, indexed, **more)
            address, pid = running.enter_context(portal_server(data, PORTAL_PAGE_CACHE="0", **more))
            portals.append(Portal(address, profile, ids))
        rows = list(compared(name, *portals, pages))
        rows += [export(*portals[-1].export(form), form, name, pid) for form in ("csv", "xlsx")]
    return rows


def main():
    """Prints a JSON object a line; fails if a page grows more than promised."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--keep", type=Path)
    asked.add_argument("--without-search", action="store_true")
    asked.add_argument("--only", choices=("SQLite", "PostgreSQL"))
    given = asked.parse_args()
    indexed = not given.without_search
    pages = (*PAGES, *ACTS, *([SEARCH] if indexed else []))
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = given.keep or Path(name)
        if given.only != "PostgreSQL":
            rows += measured("SQLite", folder, pages, indexed, None)
        if given.only != "SQLite":
            with start_postgres(Path(name)) as address:
                rows += measured("PostgreSQL", Path(name), pages, indexed, _created(address))
    for row in rows:
        print(json.dumps(row, ensure_ascii=False))
    sys.exit(not all(row["holds"] for row in rows))


def _look_at(url):
    """Does what PostgreSQL does by itself within minutes, but not while tests run."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _created(address):
    """Addresses of databases by profile, on a server that has none yet."""
    engine = create_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for number in range(2):
            connection.execute(text(f"CREATE DATABASE scale_{number}"))
    engine.dispose()
    return {profile: f"{address}/scale_{number}" for number, profile in enumerate((FEW, MANY))}


if __name__ == "__main__":
    main()
