"""Two workers against one, with pages that are kept."""

import os
import statistics

from tests.load.measuring import script_for, wrk
from tests.load.servers import portal_server

ROUNDS = 5
LEAST = 1.6
# One for each worker, and one for whoever asks.
CORES = 3


def two_against_one(folder, data_dir):
    """A row of the bench; it is judged where the load generator has a core of its own."""
    script = script_for(folder / "workers.lua", "/%s/events/event-%d", count=20, first=0)
    with portal_server(data_dir) as (one, _), portal_server(data_dir, workers=2) as (two, _):
        for address in (one, two):
            wrk(address, script)
        gained = [wrk(two, script) / wrk(one, script) for _round in range(ROUNDS)]
    cores = len(os.sched_getaffinity(0))
    gain = statistics.median(gained)
    return {
        "what": "two workers against one, kept event page, SQLite",
        "times as many": round(gain, 2),
        "promised": f"{LEAST} with {CORES} cores or more",
        "cores": cores,
        "holds": gain >= LEAST or cores < CORES,
    }
