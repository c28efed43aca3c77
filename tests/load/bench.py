"""`make bench`: pages and sign-ups as ratios to a bare "hello", all in one run.

Absolute rates move with the machine; a ratio to a hello measured in the same minute moves little.
Needs `wrk` (Debian's package of that name).
"""

from __future__ import annotations

import json
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.load.racing import race
from tests.load.servers import hello_server, portal_server, resident_mebibytes, run_portal
from tests.postgres.server import start_postgres

ROUNDS, SECONDS, CONNECTIONS = 5, 4, 32
SCRIPT = """
local n = 0
request = function()
  n = n + 1
  local language = ({"kk", "ru", "en"})[n % 3 + 1]
  return wrk.format("GET", string.format("PATH", language, n * STEP % COUNT + FIRST))
end
"""
# Page, path, step, how many, first, and the least ratio to hello that the design promises.
PAGES = (
    ("list of 20 of 10,000", "/%s/events?page=%d", 1, 20, 1, 0.012),
    ("event page", "/%s/events/event-%d", 7, 10_000, 0, 0.03),
)
MOST_MEBIBYTES = 160


def wrk(address, script=None):
    """Requests a second; a single answer that is not 2xx or 3xx spoils the measurement."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s"]
    if script is not None:
        command += ["-s", str(script)]
    out = subprocess.run([*command, address], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise RuntimeError(out)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])


def pages(folder):
    """Median ratio of each page, and what one worker weighs afterwards."""
    run_portal(folder / "data", "seed", "--profile", "10k", "--seed", "1")
    scripts = []
    for name, path, step, count, first, least in PAGES:
        script = folder / f"{len(scripts)}.lua"
        text = SCRIPT.replace("PATH", path).replace("STEP", str(step))
        script.write_text(text.replace("COUNT", str(count)).replace("FIRST", str(first)))
        scripts.append((name, script, least))
    ratios = {name: [] for name, _script, _least in scripts}
    with hello_server() as (hello, _), portal_server(folder / "data") as (portal, pid):
        for _name, script, _least in scripts:
            wrk(portal, script)
        for _round in range(ROUNDS):
            base = wrk(hello)
            for name, script, _least in scripts:
                ratios[name].append(wrk(portal, script) / base)
        memory = resident_mebibytes(pid)
    rows = [
        {
            "what": name,
            "median of hello": f"{statistics.median(ratios[name]):.2%}",
            "least": f"{min(ratios[name]):.2%}",
            "most": f"{max(ratios[name]):.2%}",
            "promised": f"{least:.1%}",
            "holds": statistics.median(ratios[name]) >= least,
        }
        for name, _script, least in scripts
    ]
    rows.append(
        {
            "what": "memory of one worker after load, MiB",
            "measured": round(memory, 1),
            "promised": MOST_MEBIBYTES,
            "holds": memory < MOST_MEBIBYTES,
        }
    )
    return rows


def main():
    if shutil.which("wrk") is None:
        sys.exit("wrk is needed: apt-get install wrk")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = pages(folder)
        rows.append(race(folder / "sqlite"))
        with start_postgres(folder) as address:
            rows.append(race(folder / "postgres", f"{address}/postgres"))
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    for row in rows:
        print(json.dumps(row, ensure_ascii=False))
    sys.exit(not all(row["holds"] for row in rows))


if __name__ == "__main__":
    main()
