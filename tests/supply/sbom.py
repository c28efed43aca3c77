"""Prints a bill of materials (CycloneDX 1.6, JSON) of a lock file; run by `make sbom`.

The same lock file always gives the same bytes, so that a bill can be compared with its lock.
"""

import json
import sys
import uuid
from importlib.metadata import version

from tests.supply.locks import LOCKS, pins_of


def bill_of(lock):
    """The bill as a value."""
    portal = {
        "type": "application",
        "bom-ref": "portal",
        "name": "shanyraq",
        "version": version("portal"),
    }
    components = [component_of(pin) for pin in pins_of(lock)]
    told = json.dumps([portal, components], sort_keys=True)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_OID, told).urn,
        "version": 1,
        "metadata": {"component": portal},
        "components": components,
        "dependencies": [{"ref": "portal", "dependsOn": [each["bom-ref"] for each in components]}],
    }


def component_of(pin):
    address = f"pkg:pypi/{pin.name}@{pin.version}"
    return {
        "type": "library",
        "bom-ref": address,
        "name": pin.name,
        "version": pin.version,
        "purl": address,
        # Of each file that may be installed for some platform or Python.
        "externalReferences": [
            {
                "type": "distribution",
                "url": address,
                "hashes": [{"alg": "SHA-256", "content": each}],
            }
            for each in pin.hashes
        ],
    }


if __name__ == "__main__":
    json.dump(bill_of(sys.argv[1] if len(sys.argv) > 1 else LOCKS[0]), sys.stdout, indent=1)
    print()
