"""`make bench-peers`: list and event page of another system and ours, beside each other.

Same machine, same minutes, one process each, SQLite, loopback, in turns; ours holds a hundred
times as many events, and is measured as it is served and with every page drawn anew.
"""

import contextlib
import json
import statistics
import tempfile
from pathlib import Path

import httpx

from tests.load.measuring import script_for, wrk
from tests.load.peers import pretalx
from tests.load.servers import hello_server, portal_server, run_portal

ROUNDS = 5
OURS = 10_000


def weight(address, path):
    """Kilobytes of a page without what it asks for."""
    answer = httpx.get(address + path, follow_redirects=True, timeout=60, trust_env=False)
    return round(len(answer.raise_for_status().content) / 1000, 1)


def main():
    """Prints a JSON object a page."""
    pretalx.install()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as running:
        folder = Path(name)
        run_portal(folder / "data", "seed", "--profile", "10k", "--without-search")
        hello, _pid = running.enter_context(hello_server())
        drawn, _pid = running.enter_context(portal_server(folder / "data", PORTAL_PAGE_CACHE="0"))
        kept, _pid = running.enter_context(portal_server(folder / "data"))
        peer, _pid = running.enter_context(pretalx.served(folder / "peer"))

        def script(file, path, count):
            return script_for(folder / file, path, count=count, first=0)

        ours = {
            "list": script("list.lua", "/%s/events", 1),
            "event page": script("event.lua", "/%s/events/event-%d", OURS),
        }
        # What every script is given first is the language, which has no place in their addresses.
        theirs = {
            "list": script("their-list.lua", f"{pretalx.LIST}%.0s", 1),
            "event page": script("their-event.lua", f"%.0s{pretalx.EVENT}", pretalx.EVENTS),
        }
        found = {}
        for _round in range(ROUNDS):
            base = wrk(hello)
            for page in ours:
                for who, address, scripts in (
                    ("drawn", drawn, ours),
                    ("kept", kept, ours),
                    (pretalx.NAME, peer, theirs),
                ):
                    rate = wrk(address, scripts[page], connections=2)
                    found.setdefault((page, who), []).append((rate, rate / base))
        for (page, who), rates in found.items():
            rate, share = (statistics.median(each) for each in zip(*rates, strict=True))
            print(
                json.dumps(
                    {
                        "page": page,
                        "who": who,
                        "a second": round(rate, 1),
                        "of hello": f"{share:.3%}",
                    }
                )
            )
        sizes = {
            "list": (weight(drawn, "/en/events"), weight(peer, pretalx.LIST)),
            "event page": (weight(drawn, "/en/events/event-1"), weight(peer, pretalx.EVENT % 1)),
        }
        print(json.dumps({f"KB of HTML, ours and {pretalx.NAME}": sizes}))


if __name__ == "__main__":
    main()
