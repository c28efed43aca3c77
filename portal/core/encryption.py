"""Seals personal text with a key kept outside the database; looks addresses up by keyed hash."""

import base64
import hashlib
import hmac
import os
import secrets
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

KEY_BYTES = 32
NONCE_BYTES = 12
KEY_ID_BYTES = 4


class SealBrokenError(Exception):
    """A sealed value cannot be opened: wrong key file, wrong purpose or altered bytes."""


class Seal:
    """AES-256-GCM under a ring of keys; the first one seals, all of them open."""

    # Sealed: key id (4 bytes), nonce (12), ciphertext and tag. The purpose, such as "person.email",
    # is authenticated: a value moved to another column does not open.

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            msg = f"seal keys must be {KEY_BYTES} bytes each"
            raise ValueError(msg)
        self._ciphers = {self._derive(k, b"key id")[:KEY_ID_BYTES]: AESGCM(k) for k in keys}
        self._current = next(iter(self._ciphers))
        # The index key must outlive a rotation, so it comes from the oldest key, the last one.
        self._index_key = self._derive(keys[-1], b"blind index")

    @staticmethod
    def _derive(key: bytes, label: bytes) -> bytes:
        return hmac.new(key, label, hashlib.sha256).digest()

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read the keys (base64url, one a line, newest first); make the file if there is none."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                pass  # another process of the portal was first; its key is the key
            else:
                with os.fdopen(handle, "w") as file:
                    file.write(base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode())
        return cls([base64.urlsafe_b64decode(line) for line in path.read_text().split()])

    @property
    def key_ids(self) -> tuple[str, ...]:
        """What names its keys, newest first; it stands in every sealed value and tells nothing."""
        return tuple(each.hex() for each in self._ciphers)

    def close(self, text: str, purpose: str) -> bytes:
        """Seal `text` for `purpose`."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, text.encode(), purpose.encode())
        return self._current + nonce + sealed

    def open(self, sealed: bytes, purpose: str) -> str:
        """Open what `close` sealed for the same purpose, or raise SealBrokenError."""
        key_id, rest = sealed[:KEY_ID_BYTES], sealed[KEY_ID_BYTES:]
        try:
            cipher = self._ciphers[key_id]
            return cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], purpose.encode()).decode()
        except (KeyError, InvalidTag) as broken:
            raise SealBrokenError(purpose) from broken

    def index(self, address: str) -> str:
        """Return a keyed hash of an email address, equal for spellings of the same mailbox."""
        normal = unicodedata.normalize("NFC", address).strip().casefold()
        return hmac.new(self._index_key, normal.encode(), hashlib.sha256).hexdigest()

    def fingerprint(self, text: str, purpose: str) -> str:
        """Return a keyed hash of `text` to the letter, which tells nothing without the key."""
        keyed = f"{purpose}\0{text}".encode()
        return hmac.new(self._index_key, keyed, hashlib.sha256).hexdigest()


def seal_of(db: Session) -> Seal:
    """Return the seal that belongs to the database this session talks to."""
    seal: Seal = db.info["seal"]
    return seal
