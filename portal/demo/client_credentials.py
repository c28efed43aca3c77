"""How the client proves itself to the identity provider (RFC 6749, 2.3.1)."""

from __future__ import annotations

import hmac
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus


@dataclass(frozen=True)
class Credentials:
    """A client's public name and its secret."""

    client_id: str
    client_secret: str

    def are(self, others: Credentials) -> bool:
        """Whether both are the same, told in a time that does not depend on where they differ."""
        return hmac.compare_digest(self._as_bytes(), others._as_bytes())

    def _as_bytes(self) -> bytes:
        return f"{self.client_id}\0{self.client_secret}".encode()


def presented(authorization: str, fields: Mapping[str, str]) -> Credentials:
    """What a request presents: by the Authorization header if it is Basic, else by the form."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return Credentials(fields.get("client_id", ""), fields.get("client_secret", ""))
    try:
        name, _, secret = b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return Credentials("", "")
    return Credentials(unquote_plus(name), unquote_plus(secret))
