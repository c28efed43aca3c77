"""Looks whether a pinned package has a known fault; run by `make audit`.

Needs no network, and believes no source of advisories blindly: a known bad pin must be found in it,
or the audit fails, whatever it says of the others. By itself it knows the advisories that the
portal's floors come from (advisories.tsv); `make audit OSV=all.zip` asks all of PyPI's, as osv.dev
publishes them (https://osv.dev: osv-vulnerabilities, PyPI/all.zip).
"""

import argparse
import csv
import json
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

from packaging.version import InvalidVersion, Version

from tests.supply.locks import LOCKS, Pin, pins_of

# CVE-2019-10906, a way out of Jinja's sandbox: every source worth its name knows it.
CONTROL = Pin("jinja2", "2.10")
VENDORED = Path(__file__).parent / "advisories.tsv"


class Advisory(NamedTuple):
    """A fault, and the versions that have it: by name, or from one up to another."""

    package: str
    id: str
    introduced: str
    fixed: str  # "" if no version is without it
    versions: frozenset[str] = frozenset()

    def concerns(self, pin):
        if pin.name != self.package:
            return False
        if pin.version in self.versions:
            return True
        try:
            version = Version(pin.version)
            is_since = not self.introduced or version >= Version(self.introduced)
            return is_since and (not self.fixed or version < Version(self.fixed))
        except InvalidVersion:
            return False


class UselessSourceError(Exception):
    """A source of advisories that does not even know the control."""


def vendored():
    """The advisories of advisories.tsv."""
    with VENDORED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield Advisory(row["package"], row["id"], "", row["fixed"])


def from_osv(path):
    """The advisories of osv.dev's archive of PyPI."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".json"):
                yield from advisories_in(json.loads(archive.read(name)))


def advisories_in(record):
    """What one record of the OSV format says of packages on PyPI."""
    if "withdrawn" in record:
        return
    for affected in record.get("affected", ()):
        package = affected.get("package", {})
        if package.get("ecosystem") != "PyPI":
            continue
        name = package["name"].lower().replace("_", "-").replace(".", "-")
        versions = frozenset(affected.get("versions", ()))
        if versions:
            # Named one by one; the placeholder range concerns nobody.
            yield Advisory(name, record["id"], "0", "0", versions)
        for each in affected.get("ranges", ()):
            if each["type"] == "ECOSYSTEM":
                yield from _spans(name, record["id"], each["events"])


def _spans(name, advisory, events):
    introduced = None
    for event in events:
        if "introduced" in event:
            introduced = event["introduced"]
        elif introduced is not None and "fixed" in event:
            yield Advisory(name, advisory, introduced, event["fixed"])
            introduced = None
    if introduced is not None and not any("last_affected" in event for event in events):
        yield Advisory(name, advisory, introduced, "")


def faults_of(pins, advisories):
    """Pins with known faults; UselessSourceError if the control is not found."""
    advisories = list(advisories)
    if not any(each.concerns(CONTROL) for each in advisories):
        known = f"{len(advisories)} advisories, none about {CONTROL.name} {CONTROL.version}"
        raise UselessSourceError(f"this source of advisories is worth nothing: {known}")
    return sorted(
        {
            (pin.name, pin.version, each.id)
            for each in advisories
            for pin in pins
            if each.concerns(pin)
        }
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--osv", type=Path, help="osv.dev's archive of PyPI")
    asked = parser.parse_args()
    advisories = list(from_osv(asked.osv) if asked.osv else vendored())
    pins = sorted({Pin(pin.name, pin.version) for lock in LOCKS for pin in pins_of(lock)})
    try:
        found = faults_of(pins, advisories)
    except UselessSourceError as useless:
        sys.exit(str(useless))
    for name, version, advisory in found:
        print(f"{name} {version}: {advisory}")
    print(
        f"{len(pins)} pins, {len(advisories)} advisories, {len(found)} faults; the control is found"
    )
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
