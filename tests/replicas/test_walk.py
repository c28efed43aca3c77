"""The way through docs/replicas.md, command by command, as an operator would type it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from portal import HOME
from tests.postgres.server import binaries
from tests.processes import PATIENCE, free_port
from tests.replicas.proxies import program

PAGE = (HOME / "docs" / "replicas.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder():
    """One that the user whom nginx becomes can reach, as it can reach /srv."""
    made = Path(tempfile.mkdtemp(prefix="walk-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def test_every_command_of_the_page_works(postgres_address, folder):
    program("nginx")
    address, _template, _administrator = postgres_address
    server = urlsplit(address)
    script = "set -exuo pipefail\n" + "\n".join(BLOCKS)
    # The same commands, at ports that are free here; what they look for in files stays.
    for port in ("8001", "8002", "8080", "8100", "8443"):
        script = re.sub(rf"(?<!listen )\b{port}\b", str(free_port(following=2)), script)
    programs = [str(Path(sys.executable).parent), str(binaries()), os.environ["PATH"], "/usr/sbin"]
    given = {
        "PATH": ":".join(programs),
        "HOME": str(folder),
        "SHANYRAQ": str(folder),
        "PGHOST": str(server.hostname),
        "PGPORT": str(server.port),
        "PGUSER": str(server.username),
        "PYTHONPATH": str(HOME),
        "LC_ALL": "C.UTF-8",
    }
    said = folder / "said.log"
    with said.open("wb") as lines:
        walk = subprocess.Popen(
            ["bash", "-c", script],
            cwd=HOME,
            env=given,
            stdout=lines,
            stderr=lines,
            start_new_session=True,
        )
    try:
        assert walk.wait(PATIENCE * 8) == 0, said.read_text()[-4000:]
        logs = "\n".join(each.read_text() for each in folder.glob("*.log"))
        assert logs.count("all is whole") == 3  # moved, restored, and looked at again
        assert '"level": "ERROR"' not in logs
    finally:
        with suppress(ProcessLookupError):
            os.killpg(walk.pid, signal.SIGKILL)
        with suppress(FileNotFoundError, ProcessLookupError, ValueError):
            os.kill(int((folder / "proxy" / "nginx.pid").read_text()), signal.SIGTERM)
