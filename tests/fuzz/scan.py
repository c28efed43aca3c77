"""Lets Wapiti loose on a demo of its own, as a stranger and as an organiser; run by `make scan`.

Modules left out: `ssrf` needs a server of Wapiti's on the Internet; `csrf` knows tokens in forms
only, while the portal refuses what other sites send by what browsers say of it (tested in
tests/platform/http/); `cookieflags` wants Secure, which http on this machine cannot have.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
from sqlalchemy import select

from portal import HOME
from portal.core.encryption import Seal
from portal.db.engine import Database
from portal.domain.accounts.people.models import Person
from portal.domain.organizations.models import Membership, Role
from tests.factories import session_cookie
from tests.processes import free_port

MODULES = (
    "backup,crlf,csp,exec,file,htaccess,http_headers,methods,permanentxss,redirect,"
    "sql,timesql,upload,xss,xxe"
)
PORT = free_port(following=2)
# The same pages and code; one language is enough.
TAGS = ("kk", "kk-Latn", "kk-Arab", "ru")
ADDRESS = f"http://127.0.0.1:{PORT}"

OTHER_LANGUAGES = [part for tag in TAGS for part in ("-x", f"{ADDRESS}/{tag}*")]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wapiti", type=Path, help="the program")
    seconds = "for looking around, and for each module, as each of the two visitors"
    parser.add_argument("--seconds", type=int, default=120, help=seconds)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        demo = start_demo(Path(folder) / "data")
        try:
            cookie = organizer_cookie(Path(folder) / "data")
            found = [
                *scan(asked, Path(folder), "stranger", []),
                *scan(asked, Path(folder), "organiser", ["-H", f"Cookie: session={cookie}"]),
            ]
        finally:
            os.killpg(demo.pid, signal.SIGTERM)
            demo.wait()
    for each in found:
        print(json.dumps(each, ensure_ascii=False))
    sys.exit(1 if found else 0)


def start_demo(data):
    environment = os.environ | {
        "PORTAL_DATA_DIR": str(data),
        "PORTAL_PORT": str(PORT),
        "PORTAL_RATE_LIMITS": "off",
    }
    command = [sys.executable, "-m", "portal", "demo"]
    demo = subprocess.Popen(command, cwd=HOME, env=environment, start_new_session=True)
    for _ in range(180):
        try:
            if httpx.get(f"{ADDRESS}/readyz").status_code == 200:
                return demo
        except httpx.TransportError:
            pass
        time.sleep(1)
    os.killpg(demo.pid, signal.SIGTERM)
    raise SystemExit("the demo does not answer")


def organizer_cookie(data):
    database = Database(f"sqlite:///{data / 'portal.db'}", Seal.from_file(data / "seal.key"))
    with database.reading() as db:
        owners = select(Membership.person_id).where(Membership.role == Role.OWNER.value)
        person = db.scalars(select(Person).where(Person.id.in_(owners)).order_by(Person.id)).first()
    cookie = session_cookie(database, person)
    database.close()
    return cookie


def scan(asked, folder, visitor, more):
    """What Wapiti calls a vulnerability or an anomaly; its notes are only printed.

    It looks around by many requests at once and attacks by one after the other: answers that it
    compares would otherwise differ by what it has itself saved meanwhile.
    """
    report = folder / f"{visitor}.json"
    command = [
        *(str(asked.wapiti), "-u", f"{ADDRESS}/en", "-f", "json", "-o", str(report)),
        *("--store-session", str(folder / visitor), "--store-config", str(folder / "config")),
        *("--max-scan-time", str(asked.seconds), "--max-attack-time", str(asked.seconds)),
        *("--max-links-per-page", "30", "--max-files-per-dir", "6", "-d", "4", "-v", "0"),
        *("--no-bugreport", "--scope", "domain", "-x", f"{ADDRESS}/en/sign-out"),
        *(*OTHER_LANGUAGES, "-H", "Sec-Fetch-Site: same-origin", *more),
    ]
    subprocess.run([*command, "-m", ""], check=True)
    subprocess.run([*command, "-m", MODULES, "--skip-crawl", "--tasks", "1"], check=True)
    told = json.loads(report.read_text())
    infos = told["infos"]
    print(f"{visitor}: wapiti {infos['version']}, {infos['crawled_pages_nbr']} pages")
    for name, notes in told["additionals"].items():
        for note in notes:
            print(f"note: {name}: {note['info']}")
    return [
        {"visitor": visitor, "kind": name, "path": each["path"], "info": each["info"]}
        for kind in ("vulnerabilities", "anomalies")
        for name, all_of_it in told[kind].items()
        for each in all_of_it
    ]


if __name__ == "__main__":
    main()
