"""Imports go down only: the contracts in pyproject.toml are kept."""

import os
import subprocess
import sys
import tomllib

import pytest

from portal import HOME

LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]


def lint(folder):
    environment = os.environ | {"PYTHONPATH": str(folder), "NO_COLOR": "1"}
    return subprocess.run(
        [*LINT, "--no-cache"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.processes
def test_the_contracts_between_the_layers_are_kept():
    done = lint(HOME)
    assert done.returncode == 0, done.stdout
    assert " 0 broken" in done.stdout


def test_a_stray_module_in_a_layer_would_be_noticed():
    """Only exhaustive contracts fail on a module that nobody thought about."""
    contracts = tomllib.loads((HOME / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = [c for c in contracts["contracts"] if c["type"] == "layers"]
    of_packages = [contract for contract in layers if len(contract["containers"]) == 1]
    assert {contract["containers"][0] for contract in of_packages} == {
        "portal",
        "portal.web",
        "portal.domain",
    }
    assert all(contract.get("exhaustive") for contract in of_packages)
    assert contracts["exclude_type_checking_imports"] is False
