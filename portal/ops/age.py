"""Encrypt files to X25519 keys as age-encryption.org/v1; a pipe and a thread let callers stream."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import BinaryIO, Final

import pyrage
from pyrage import x25519

_NOT_FOR_THIS_KEY: Final = "No matching keys found"


class CannotOpenError(Exception):
    """A file of another format, for another key, cut off or altered."""


def new_identity() -> tuple[str, str]:
    """Make a secret key; return it and its public key, as text."""
    identity = x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def recipient_from(written: str) -> x25519.Recipient:
    """Return a public key (`age1…`); raise ValueError for anything else."""
    try:
        return x25519.Recipient.from_str(written.strip())
    except pyrage.RecipientError as error:
        raise ValueError(f"not a public key: {error}") from None


def identities_from(text: str) -> list[x25519.Identity]:
    """Return the secret keys of a file, one a line, without lines of `#`; raise ValueError."""
    lines = [line.strip() for line in text.splitlines()]
    try:
        return [
            x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")
        ]
    except pyrage.IdentityError as error:
        raise ValueError(f"not a secret key: {error}") from None


@contextmanager
def encrypting(target: BinaryIO, recipients: Sequence[x25519.Recipient]) -> Iterator[BinaryIO]:
    """Yield a file that encrypts into `target`, whole at the block's end; OSError if it is full."""
    reading, writing = os.pipe()
    source, plain = os.fdopen(reading, "rb"), os.fdopen(writing, "wb")
    with ThreadPoolExecutor(1) as thread:
        encryption = thread.submit(_encrypt, source, target, recipients)
        try:
            yield plain
        except BrokenPipeError:
            encryption.result()
            raise
        finally:
            with suppress(BrokenPipeError):  # the encryption has failed, and says why below
                plain.close()
        encryption.result()


def _encrypt(source: BinaryIO, target: BinaryIO, recipients: Sequence[x25519.Recipient]) -> None:
    with source:
        try:
            pyrage.encrypt_io(source, target, recipients)
        except pyrage.EncryptError as error:
            raise OSError(f"cannot encrypt: {error}") from None


@contextmanager
def decrypting(source: BinaryIO, identities: Sequence[x25519.Identity]) -> Iterator[BinaryIO]:
    """Yield a file to read; raise CannotOpenError at the block's end if `source` was cut off."""
    reading, writing = os.pipe()
    plain, target = os.fdopen(reading, "rb"), os.fdopen(writing, "wb")
    with ThreadPoolExecutor(1) as thread:
        decryption = thread.submit(_decrypt, source, target, identities)
        try:
            yield plain
        finally:
            plain.close()
            with suppress(BrokenPipeError):  # the block has read as much as it wanted
                decryption.result()


def _decrypt(source: BinaryIO, target: BinaryIO, identities: Sequence[x25519.Identity]) -> None:
    with target:
        try:
            pyrage.decrypt_io(source, target, identities)
        except pyrage.DecryptError as error:
            if str(error) == _NOT_FOR_THIS_KEY:
                raise CannotOpenError("the file is not for this key") from None
            reason = str(error).partition("\n")[0]
            raise CannotOpenError(
                f"this is no whole file of the format age-encryption.org/v1: {reason}"
            ) from None
        except OSError as error:
            if error.errno is not None:  # of the disk, or the pipe
                raise
            raise CannotOpenError("the file was cut off or altered") from None
