"""Files encrypted to public keys, in the format age-encryption.org/v1 with X25519 recipients.

The header wraps a fresh file key for each recipient (X25519 with a key of its own, HKDF-SHA256,
ChaCha20-Poly1305) and is held by an HMAC. The content follows in chunks of 64 KiB, each sealed
with ChaCha20-Poly1305 under its number and whether it is the last one, so that nothing can be cut
off, moved or altered unseen. The public tool `age` opens such files too.
https://github.com/C2SP/C2SP/blob/main/age.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import os
from collections.abc import Sequence
from itertools import pairwise
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from typing_extensions import Buffer

from portal.ops import bech32

_VERSION: Final = b"age-encryption.org/v1"
_WRAP: Final = b"age-encryption.org/v1/X25519"
_RECIPIENT: Final = "age"
_IDENTITY: Final = "age-secret-key-"
_FILE_KEY_BYTES: Final = 16
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 16
_TAG_BYTES: Final = 16
_CHUNK: Final = 64 * 1024
# A header of many recipients is a few kilobytes; what has no end within this is no such file.
_LONGEST_LINE: Final = 4096
_MOST_LINES: Final = 1000


class CannotOpenError(Exception):
    """A file that is none of this format, not for this key, cut off or altered."""


def new_identity() -> tuple[str, str]:
    """A secret key and the public one that belongs to it, as text."""
    secret = X25519PrivateKey.generate()
    return (
        bech32.encode(_IDENTITY, secret.private_bytes_raw()).upper(),
        bech32.encode(_RECIPIENT, secret.public_key().public_bytes_raw()),
    )


def recipient_from(written: str) -> X25519PublicKey:
    """A public key (`age1…`); raises ValueError."""
    return X25519PublicKey.from_public_bytes(bech32.decode(_RECIPIENT, written.strip()))


def identities_from(text: str) -> list[X25519PrivateKey]:
    """The secret keys of a file: one a line, lines of `#` aside; raises ValueError."""
    lines = [line.strip() for line in text.splitlines()]
    return [
        X25519PrivateKey.from_private_bytes(bech32.decode(_IDENTITY, line))
        for line in lines
        if line and not line.startswith("#")
    ]


class Writer(io.RawIOBase):
    """Encrypts what is written to it into `target`; only `close` makes the file whole."""

    def __init__(self, target: BinaryIO, recipients: Sequence[X25519PublicKey]) -> None:
        super().__init__()
        file_key = os.urandom(_FILE_KEY_BYTES)
        head = b"".join(
            [_VERSION, b"\n", *(_stanza(file_key, each) for each in recipients), b"---"]
        )
        nonce = os.urandom(_NONCE_BYTES)
        target.write(head + b" " + _base64(_mac(file_key, head)) + b"\n" + nonce)
        self._target = target
        self._cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
        self._held = bytearray()
        self._number = 0

    def writable(self) -> bool:
        """It is for writing."""
        return True

    def write(self, content: Buffer, /) -> int:
        """Takes everything."""
        added = bytes(content)
        self._held += added
        # The last chunk is marked, so a full one waits until something follows it.
        while len(self._held) > _CHUNK:
            self._seal(self._held[:_CHUNK], is_last=False)
            del self._held[:_CHUNK]
        return len(added)

    def close(self) -> None:
        """Writes the last chunk; the target stays open."""
        if not self.closed:
            self._seal(self._held, is_last=True)
        super().close()

    def _seal(self, chunk: Buffer, *, is_last: bool) -> None:
        nonce = _nonce(self._number, is_last=is_last)
        self._target.write(self._cipher.encrypt(nonce, bytes(chunk), None))
        self._number += 1


class Reader(io.RawIOBase):
    """What was written; raises CannotOpenError where the file is not what it was."""

    def __init__(self, source: BinaryIO, identities: Sequence[X25519PrivateKey]) -> None:
        super().__init__()
        file_key = _file_key(source, identities)
        nonce = source.read(_NONCE_BYTES)
        self._source = source
        self._cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
        self._sealed = source.read(_CHUNK + _TAG_BYTES)
        self._number = 0
        self._held = b""
        self._is_over = False

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """As many bytes as one chunk still has."""
        while not self._held and not self._is_over:
            self._held = self._open()
        given = memoryview(buffer).cast("B")
        part, self._held = self._held[: len(given)], self._held[len(given) :]
        given[: len(part)] = part
        return len(part)

    def _open(self) -> bytes:
        following = self._source.read(_CHUNK + _TAG_BYTES)
        nonce = _nonce(self._number, is_last=not following)
        try:
            chunk = self._cipher.decrypt(nonce, self._sealed, None)
        except InvalidTag:
            raise CannotOpenError("the file was cut off or altered") from None
        if not chunk and self._number:
            raise CannotOpenError("the file has an empty end")
        self._sealed, self._is_over = following, not following
        self._number += 1
        return chunk


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _derived(key: bytes, salt: bytes, label: bytes) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt, label).derive(key)


def _mac(file_key: bytes, head: bytes) -> bytes:
    return hmac.new(_derived(file_key, b"", b"header"), head, hashlib.sha256).digest()


def _base64(content: bytes) -> bytes:
    return base64.b64encode(content).rstrip(b"=")


def _unbase64(written: bytes) -> bytes:
    content = base64.b64decode(written + b"=" * (-len(written) % 4), validate=True)
    if _base64(content) != written:
        raise ValueError("not in the one way of writing it")
    return content


def _stanza(file_key: bytes, recipient: X25519PublicKey) -> bytes:
    own = X25519PrivateKey.generate()
    share = own.public_key().public_bytes_raw()
    key = _derived(own.exchange(recipient), share + recipient.public_bytes_raw(), _WRAP)
    wrapped = ChaCha20Poly1305(key).encrypt(bytes(12), file_key, None)
    return b"-> X25519 " + _base64(share) + b"\n" + _base64(wrapped) + b"\n"


def _file_key(source: BinaryIO, identities: Sequence[X25519PrivateKey]) -> bytes:
    lines: list[bytes] = []
    while not lines or not lines[-1].startswith(b"--- "):
        line = source.readline(_LONGEST_LINE)
        if (
            not line.endswith(b"\n")
            or len(lines) > _MOST_LINES
            or (not lines and line[:-1] != _VERSION)
        ):
            raise CannotOpenError("this is no file of the format age-encryption.org/v1")
        lines.append(line)
    head, mac = b"".join(lines[:-1]) + b"---", lines[-1][4:-1]
    for first, second in pairwise(lines):
        if not first.startswith(b"-> X25519 "):
            continue
        for identity in identities:
            file_key = _unwrapped(first[10:-1], second[:-1], identity)
            if file_key is not None:
                if not hmac.compare_digest(_base64(_mac(file_key, head)), mac):
                    raise CannotOpenError("the head of the file was altered")
                return file_key
    raise CannotOpenError("the file is not for this key")


def _unwrapped(share: bytes, wrapped: bytes, identity: X25519PrivateKey) -> bytes | None:
    """The file key, if a stanza is for this identity."""
    try:
        point, sealed = _unbase64(share), _unbase64(wrapped)
        shared = identity.exchange(X25519PublicKey.from_public_bytes(point))
        own = identity.public_key().public_bytes_raw()
        file_key = ChaCha20Poly1305(_derived(shared, point + own, _WRAP)).decrypt(
            bytes(12), sealed, None
        )
    except (ValueError, InvalidTag):
        return None
    return file_key if len(file_key) == _FILE_KEY_BYTES else None
