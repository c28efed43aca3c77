"""What the README promises is there: its commands, its targets and the places on its map."""

import re
import subprocess
import sys

import pytest

from portal import HOME
from portal.cli.main import parser

README = (HOME / "README.md").read_text(encoding="utf-8")
FENCED = re.findall(r"```\w*\n(.*?)```", README, re.DOTALL)
CODE = [*FENCED, *re.findall(r"(?<!`)`([^`\n]+)`(?!`)", README)]
# Places of this repository that a reader is sent to.
PLACE = re.compile(
    r"(?<![\w./-])((?:portal|templates|static|migrations|locales|tests|\.ci)/[\w./*-]*[\w*/])"
)


def commands():
    """The commands that `portal` really has."""
    (action,) = [a for a in parser()._actions if a.choices]
    return set(action.choices)


def test_every_command_it_names_exists():
    named = {
        name
        for code in CODE
        for name in re.findall(r"(?:^|[\s/$])portal ([a-z][a-z-]+)", code, re.MULTILINE)
    }
    assert named - commands() == set()


def test_every_target_it_names_exists():
    named = {name for code in CODE for name in re.findall(r"\bmake ([a-z][a-z-]*)", code)}
    makefile = HOME / "Makefile"
    known = (
        set(re.findall(r"^([a-z][\w-]*):", makefile.read_text(), re.MULTILINE))
        if (makefile.exists())
        else set()
    )
    assert named - known == set()


def test_every_place_on_its_map_exists():
    named = {place for code in CODE for place in PLACE.findall(code)}
    missing = [place for place in named if not any(HOME.glob(place.rstrip("/")))]
    assert missing == []


def test_every_setting_it_names_exists():
    from portal.config.providers import ProviderSettings
    from portal.config.settings import Settings

    known = {f"PORTAL_{name.upper()}" for name in Settings.model_fields}
    named = set(re.findall(r"\bPORTAL_(?!TEST_)[A-Z][A-Z_]*[A-Z]\b", README))
    assert {name.partition("__")[0] for name in named} - known == set()
    fields = {
        f"PORTAL_PROVIDERS__{key}__{field.upper()}"
        for key in ("GOOGLE", "MICROSOFT", "APPLE", "GITHUB", "VK", "WORK")
        for field in ProviderSettings.model_fields
    }
    assert {name for name in named if "__" in name} - fields == set()


@pytest.mark.processes
def test_the_command_lists_what_it_can_do():
    done = subprocess.run(
        [sys.executable, "-m", "portal", "--help"],
        cwd=HOME,
        capture_output=True,
        text=True,
        check=True,
    )
    promised = {"serve", "migrate", "demo", "seed", "routes", "deliver-letters", "check"}
    promised |= {"make-administrator", "reset-second-factor", "import-calendar"}
    assert promised <= commands()
    assert all(name in done.stdout for name in promised)
