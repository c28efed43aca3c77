"""`make lighthouse`: what Chromium's Lighthouse says of the demo's pages, on a slow phone.

Needs Chromium and Node.js; Lighthouse comes by npx, and `make test` does without it.
Each page is loaded with nothing kept, some times over; the median by performance counts.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

from tests.browser.chromium import chromium_path
from tests.load.servers import PORTAL, environment, started
from tests.processes import free_port

LIGHTHOUSE = "lighthouse@13.5.0"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
RUNS = 3
MAX_REQUESTS, MAX_BYTES = 6, 60_000
# Chromium asks for these by itself, whatever the page says.
OF_THE_BROWSER = ("/favicon.ico",)


def first_of(address, kind):
    """The first event or story of its list."""
    page = httpx.get(f"{address}/en/{kind}", trust_env=False).text
    return re.search(rf'href="(/en/{kind}/[a-z0-9-]+)"', page)[1]


def judged(url, folder):
    """Scores, requests and bytes of one load."""
    result = folder / "result.json"
    options = [
        f"--output-path={result}",
        "--output=json",
        "--quiet",
        f"--only-categories={','.join(CATEGORIES)}",
        "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage",
    ]
    subprocess.run(
        ["npx", "--yes", LIGHTHOUSE, url, *options],
        check=True,
        env=os.environ | {"CHROME_PATH": chromium_path() or ""},
    )
    report = json.loads(result.read_text())
    requests = [
        each
        for each in report["audits"]["network-requests"]["details"]["items"]
        if each["url"].startswith("http") and not each["url"].endswith(OF_THE_BROWSER)
    ]
    scores = {name: round(report["categories"][name]["score"] * 100) for name in CATEGORIES}
    return scores | {
        "requests": len(requests),
        "bytes": sum(each.get("transferSize", 0) for each in requests),
    }


def main():
    """Prints a JSON object a page; fails below 100, and beyond the requests and bytes."""
    holds = True
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port(following=2)
        told = environment(folder / "data", port, PORTAL_RATE_LIMITS="1")
        with started(
            [PORTAL, "demo"], port, "/healthz", env=told, stdout=subprocess.DEVNULL, seconds=300
        ) as (address, _pid):
            for path in (
                "/en",
                "/en/events",
                first_of(address, "events"),
                first_of(address, "stories"),
            ):
                runs = sorted(
                    (judged(address + path, folder) for _run in range(RUNS)),
                    key=lambda run: run["performance"],
                )
                page = {"page": path, **runs[len(runs) // 2]}
                page["holds"] = (
                    all(page[name] == 100 for name in CATEGORIES)
                    and page["requests"] <= MAX_REQUESTS
                    and page["bytes"] <= MAX_BYTES
                )
                holds = holds and page["holds"]
                print(json.dumps(page), flush=True)
    sys.exit(not holds)


if __name__ == "__main__":
    main()
