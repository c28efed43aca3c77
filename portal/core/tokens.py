"""Single-purpose secrets for links and cookies: 256 random bits, of which only a hash is kept."""

import hashlib
import secrets
from typing import Final

LENGTH: Final = 43


def new_token() -> str:
    """Return a fresh secret, safe in a URL (43 characters)."""
    return secrets.token_urlsafe(32)


def is_token(key: str) -> bool:
    """Return whether a key of an address is a secret rather than a record's public id."""
    return len(key) == LENGTH


def new_public_id() -> str:
    """Return an unguessable name for a record (128 bits, 22 characters)."""
    return secrets.token_urlsafe(16)


def digest(token: str) -> str:
    """Return the SHA-256 of a token to store; 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
