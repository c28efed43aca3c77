"""The commands of the docs do what the docs say."""

import io
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace

import pytest

from portal import HOME
from portal.cli.main import parser

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


@pytest.fixture
def portal(monkeypatch, capsysbinary):
    """Runs a command on bytes of standard input; what it wrote."""

    def run(*words, given=b""):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(given)))
        asked = parser().parse_args(words)
        asked.run(None, asked)
        return capsysbinary.readouterr().out

    return run


def test_text_is_converted_line_by_line_and_nothing_else_is_touched(portal):
    given = "Қазақ тілі,\tRussian\r\n\nшаңырақ?".encode()
    for tag, made in (
        ("kk-Latn", "Qazaq tılı,\tRussian\r\n\nşañyraq?"),
        ("kk-Latn-TR", "Qazaq tili,\tRussian\r\n\nşañıraq?"),
        ("kk-Arab", "قازاق ءتىلى،\tRussian\r\n\nشاڭىراق؟"),
    ):
        once = portal("convert", "--to", tag, given=given)
        assert once.decode() == made
        assert portal("convert", "--to", tag, given=once) == once
    broken = b"\xff \xd2\x9b\n"
    assert portal("convert", "--to", "kk-Latn", given=broken) == b"\xff q\n"


def test_words_are_printed_with_stem_and_key(portal):
    line = "қазақтардың\tқазақ\tkazak\n"
    assert portal("stem", "қазақтардың", "qazaqtardyñ").decode() == (
        line + "qazaqtardyñ\tqazaqtardyñ\tkazak\n"
    )
    assert portal("stem", given="қазақтардың\n".encode()).decode() == line


def test_another_script_is_refused(capsys):
    with pytest.raises(SystemExit):
        parser().parse_args(["convert", "--to", "kk-Cyrl"])
    assert "kk-Arab" in capsys.readouterr().err
