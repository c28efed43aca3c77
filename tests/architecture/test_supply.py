"""What the portal is made of: without known faults, written down, and without a secret."""

import json
import re
import subprocess
import zipfile

import pytest

from portal import HOME
from portal.config.settings import Settings
from portal.ops.deploy_checks import FLOORS
from tests.supply.audit import (
    CONTROL,
    UselessSourceError,
    Version,
    advisories_in,
    faults_of,
    from_osv,
    vendored,
)
from tests.supply.locks import LOCKS, Pin, pins_of
from tests.supply.sbom import bill_of

RECORD = {
    "id": "GHSA-x",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "Jinja2"},
            "ranges": [
                {
                    "type": "ECOSYSTEM",
                    "events": [{"introduced": "0"}, {"fixed": "2.10.1"}, {"introduced": "3.0"}],
                }
            ],
            "versions": ["2.11b1"],
        },
        {"package": {"ecosystem": "npm", "name": "jinja2"}, "versions": ["3.1.6"]},
    ],
}
SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s*\n[A-Za-z0-9+/=]{20}|AGE-SECRET-KEY-1[A-Z0-9]{50}"
    r"|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bxox[bp]-[0-9A-Za-z-]{20,}"
    r"|\bey[A-Za-z0-9_-]{15,}\.ey[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}"
)


@pytest.mark.parametrize("lock", LOCKS)
def test_no_pin_has_a_known_fault(lock):
    pins = pins_of(lock)
    assert len(pins) > 40
    assert faults_of(pins, vendored()) == []
    assert faults_of([*pins, CONTROL], vendored()) == [("jinja2", "2.10", "CVE-2019-10906")] + [
        ("jinja2", "2.10", each) for each in ("CVE-2024-56326", "CVE-2025-27516")
    ]


def test_a_source_that_does_not_know_the_control_fails_the_audit():
    others = [each for each in vendored() if each.package != CONTROL.name]
    for source in ([], others):
        with pytest.raises(UselessSourceError, match="worth nothing"):
            faults_of(pins_of(LOCKS[0]), source)


def test_records_of_osv_are_understood(tmp_path):
    found = list(advisories_in(RECORD))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("GHSA-x.json", json.dumps(RECORD))
        archive.writestr("GHSA-y.json", json.dumps(RECORD | {"withdrawn": "2026-01-01T00:00:00Z"}))
    assert list(from_osv(tmp_path / "all.zip")) == found
    versions = ("2.9", "2.10.1", "2.11b1", "3.0", "3.1.6")
    concerned = {version for version in versions if faults_of([Pin("jinja2", version)], found)}
    assert concerned == {"2.9", "2.11b1", "3.0", "3.1.6"}
    assert faults_of([Pin("other", "1")], found) == []


def test_floors_of_the_deployment_check_are_kept_by_the_lock():
    pinned = {pin.name: pin.version for pin in pins_of(LOCKS[0])}
    low = {name for name in FLOORS if Version(pinned[name]) < Version(FLOORS[name])}
    assert low == set()


def test_the_bill_of_materials_names_every_pin_with_its_hashes():
    bill = bill_of(LOCKS[0])
    pins = pins_of(LOCKS[0])
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", bill["serialNumber"])
    assert {(each["name"], each["version"]) for each in bill["components"]} == {
        (pin.name, pin.version) for pin in pins
    }
    assert all(pin.hashes for pin in pins)
    references = [each["bom-ref"] for each in bill["components"]]
    assert len(set(references)) == len(references)
    assert bill["dependencies"][0]["dependsOn"] == references
    assert bill == bill_of(LOCKS[0])


def test_no_default_is_a_secret(monkeypatch):
    telling = [
        name
        for name in Settings.model_fields
        if re.search(r"key|secret|token|password|smtp_url|error_reports", name)
    ]
    assert len(telling) >= 8
    assert {Settings.model_fields[name].default or "" for name in telling} == {""}


def test_no_file_of_the_repository_holds_a_secret():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=HOME, capture_output=True, text=True, check=True
    )
    texts = {
        name: (HOME / name).read_bytes().decode("utf-8", "replace")
        for name in filter(None, listed.stdout.split("\0"))
        if not name.endswith(".lock")
    }
    # The key of a published example is found, so others would be.
    assert {name for name, text in texts.items() if SECRET.search(text)} == {
        "tests/platform/ops/backup-0.1.0.key"
    }
