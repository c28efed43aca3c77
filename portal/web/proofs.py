"""Looks whether a domain carries an organisation's token, in the DNS or in a file."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from portal.guarded import OutOfReachError

if TYPE_CHECKING:
    from portal.guarded import GuardedClient

RECORD: Final = "_shanyraq"
FILE: Final = "/.well-known/shanyraq.txt"
PREFIX: Final = "shanyraq-verification="


def statement(token: str) -> str:
    """What is published, in either place."""
    return f"{PREFIX}{token}"


def record_of(domain: str) -> str:
    """The name of the TXT record."""
    return f"{RECORD}.{domain}"


def file_of(domain: str) -> str:
    """The address of the file."""
    return f"https://{domain}{FILE}"


async def is_published(client: GuardedClient, domain: str, token: str) -> bool:
    """Whether the token stands in either of the two places; both are asked outside transactions."""
    wanted = statement(token)
    try:
        found = await client.text_records(record_of(domain))
    except OutOfReachError:
        found = []
    if any(_same(record, wanted) for record in found):
        return True
    try:
        body = await client.get(file_of(domain))
    except OutOfReachError:
        return False
    return any(_same(line, wanted) for line in body.decode("utf-8", "replace").splitlines())


def _same(found: str, wanted: str) -> bool:
    return hmac.compare_digest(found.strip().encode(), wanted.encode())
