"""The Nu HTML checker finds no error on any page."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest

from portal import HOME
from tests.browser.answers import pages

CHECKER = HOME / "node_modules/vnu-jar/build/dist/vnu.jar"
# Page by page: every second one in Kazakh from right to left, where the most is changed in what the
# templates draw. All of them in each would take as long as all else that a browser is driven for.
LANGUAGES = ("kk-Arab", "ru", "kk-Arab", "en")
# Warnings (never errors) that are right in general and wrong here, with why.
HARMLESS = {
    # A guess from a few words; Kazakh and Russian have look-alikes, and most pages quote others.
    "This document appears to be written in",
}


@pytest.fixture
def java():
    found = shutil.which("java")
    if found and CHECKER.exists():
        return found
    missing = "the Nu HTML checker needs java and `npm ci --ignore-scripts`"
    if os.environ.get("CI"):
        pytest.fail(missing)
    return pytest.skip(missing)


def _is_harmless(message):
    is_warning = message["type"] == "info" and message.get("subType") == "warning"
    return is_warning and any(message["message"].startswith(known) for known in HARMLESS)


@pytest.mark.processes
def test_the_checker_finds_no_error(gallery, java, tmp_path):
    for number, (name, html) in enumerate(pages(gallery, *LANGUAGES)):
        assert html.startswith("<!doctype html>"), name
        (tmp_path / f"{number:03} {name}.html").write_text(html, encoding="utf-8")
    files = sorted(str(file) for file in tmp_path.glob("*.html"))
    checked = subprocess.run(
        [java, "-jar", str(CHECKER), "--format", "json", "--exit-zero-always", *files],
        capture_output=True,
        check=True,
        timeout=300,
    )
    found = [
        f"{unquote(Path(message['url']).name)}:{message.get('lastLine')}: {message['message']}"
        for message in json.loads(checked.stderr)["messages"]
        if not _is_harmless(message)
    ]
    assert len(files) > 100
    assert not found, "\n".join(found)
