"""The commands that docs/ shows in `sh` blocks work, as an operator would type them.

Those of docs/replicas.md are run by tests/replicas/test_walk.py.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from portal import HOME

BLOCK = re.compile(r"^( *)```sh\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
SECONDS = 120


def blocks_of(name):
    text = (HOME / "docs" / name).read_text(encoding="utf-8")
    return [textwrap.dedent(block) for _indent, block in BLOCK.findall(text)]


@pytest.fixture
def typed(tmp_path):
    """Type a script in a portal of its own; returns what it printed."""

    def run(script, **more):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=tmp_path,
            env={
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "PYTHONPATH": str(HOME),
                "HOME": str(tmp_path),
                "LC_ALL": "C.UTF-8",
                "PORTAL_DATA_DIR": str(tmp_path / "data"),
                "PORTAL_LOG_LEVEL": "ERROR",
                **more,
            },
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done.stdout

    return run


def test_a_new_portal_is_made_and_found_well(typed):
    (block,) = blocks_of("install.md")
    assert typed(block).endswith("all is well\n")


def test_a_look_changes_nothing_and_finds_nothing(typed):
    look, kazakh, rest = blocks_of("operate.md")
    typed("portal migrate")
    assert "all is whole" in typed(f"exec 2>&1\n{look}")
    assert typed(kazakh).splitlines()[0] == "Qazaqstan"
    typed(rest)


def test_a_backup_is_made_verified_and_restored(typed, tmp_path):
    key, back_up, verify, restore = blocks_of("backups.md")
    typed("portal migrate && portal set site_name Алтын && mkdir backups")
    public = typed(key).strip()
    assert public.startswith("age1")

    def here(block):
        return block.replace("/backups", str(tmp_path / "backups")).replace("age1…", public)

    typed(here(back_up))
    assert '"rows"' in typed(here(verify))
    elsewhere = {
        "PORTAL_DATA_DIR": str(tmp_path / "new"),
        "PORTAL_SEAL_KEY_FILE": str(tmp_path / "data" / "seal.key"),
    }
    assert "all is whole" in typed(f"exec 2>&1\n{here(restore)}", **elsewhere)
    assert "Алтын" in typed("portal list-settings", **elsewhere)
