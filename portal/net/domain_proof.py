"""Looks whether a domain carries an organisation's token, in the DNS or in a file."""

import hmac
from enum import StrEnum
from typing import Final

from portal.net.safe_http import NothingThereError, OutOfReachError, SafeClient

RECORD: Final = "_shanyraq"
FILE: Final = "/.well-known/shanyraq.txt"
PREFIX: Final = "shanyraq-verification="


class Look(StrEnum):
    """The outcome of looking for a proof."""

    FOUND = "found"
    MISSING = "missing"  # both places were seen, and it is in neither
    UNSEEN = "unseen"  # it was in none that could be seen; a way out that is shut proves nothing


def statement(token: str) -> str:
    """Return what is published, in either place."""
    return f"{PREFIX}{token}"


def record_of(domain: str) -> str:
    """Return the name of the TXT record."""
    return f"{RECORD}.{domain}"


def file_of(domain: str) -> str:
    """Return the address of the file."""
    return f"https://{domain}{FILE}"


async def look_for(client: SafeClient, domain: str, token: str) -> Look:
    """Return whether the token stands in either place; both are asked outside transactions."""
    wanted, are_seen = statement(token), True
    for place in (_record, _file):
        try:
            lines = await place(client, domain)
        except NothingThereError:
            continue
        except OutOfReachError:
            are_seen = False
            continue
        if any(_same(line, wanted) for line in lines):
            return Look.FOUND
    return Look.MISSING if are_seen else Look.UNSEEN


async def _record(client: SafeClient, domain: str) -> list[str]:
    return await client.text_records(record_of(domain))


async def _file(client: SafeClient, domain: str) -> list[str]:
    body = await client.get(file_of(domain))
    return body.decode("utf-8", "replace").splitlines()


def _same(found: str, wanted: str) -> bool:
    return hmac.compare_digest(found.strip().encode(), wanted.encode())
