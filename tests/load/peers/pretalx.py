"""pretalx, installed into an environment of its own and filled with events; served by gunicorn.

Its scripts for organisers want Node.js to be built; the pages measured here do without them.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.load.servers import ROOT, started
from tests.processes import free_port

NAME, REQUIREMENTS = "pretalx", ("pretalx==2026.1.2", "gunicorn==27.0.1")
EVENTS = 100
LIST, EVENT = "/", "/event-%d/"
FOLDER = ROOT / ".peers" / NAME
_PYTHON = FOLDER / "bin" / "python"
_SEED = f"""
from datetime import date, timedelta
from pretalx.event.models import Event, Organiser
organiser = Organiser.objects.create(name="Bench", slug="bench")
for number in range({EVENTS}):
    day = date.today() + timedelta(days=number)
    Event.objects.create(
        organiser=organiser, name=f"Dombyra Nauryz Abai {{number}}", slug=f"event-{{number}}",
        is_public=True, date_from=day, date_to=day, email="bench@example.org", locale="en",
        locale_array="en", content_locale_array="en", timezone="Asia/Almaty",
        landing_page_text="Dombyra, Nauryz, Abai. " * 60,
    )
"""


def install():
    """Once; where it is already, nothing is done."""
    if (FOLDER / "installed").exists():
        return
    subprocess.run([sys.executable, "-m", "venv", str(FOLDER)], check=True)
    subprocess.run([_PYTHON, "-m", "pip", "install", "--quiet", *REQUIREMENTS], check=True)
    (FOLDER / "installed").touch()


def served(folder):
    """A running pretalx with events, in production mode on SQLite: address and process id."""
    port = free_port()
    config = folder / "pretalx.cfg"
    (folder / "data").mkdir(parents=True)
    config.write_text(
        f"[filesystem]\ndata = {folder / 'data'}\n"
        f"[site]\ndebug = False\nurl = http://127.0.0.1:{port}\n"
        f"[database]\nbackend = sqlite3\nname = {folder / 'db.sqlite3'}\n"
    )
    told = os.environ | {"PRETALX_CONFIG_FILE": str(config)}

    def manage(*command, **options):
        done = [_PYTHON, "-m", "pretalx", *command]
        subprocess.run(done, check=True, env=told, stdout=subprocess.DEVNULL, **options)

    manage("migrate", "--noinput")
    manage("collectstatic", "--noinput")
    manage("shell", "--unsafe-disable-scopes", input=_SEED.encode())
    command = [Path(_PYTHON).with_name("gunicorn"), "pretalx.wsgi", "-w", "1"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return started([*command, "-b", f"127.0.0.1:{port}"], port, env=told, **quiet)
