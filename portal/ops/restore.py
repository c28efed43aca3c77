"""Reads backups: looks whether one is whole, and puts it into an empty portal."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from pyrage import x25519

from portal.core.encryption import Seal
from portal.db.engine import Database
from portal.media.storage import Storage
from portal.ops import age
from portal.ops.backups import FORMAT, LARGEST_PART, MANIFEST, SEAL_KEY, BackupError
from portal.ops.copy_database import fill, finish, make_ready
from portal.ops.table_rows import Counted, Digest, Row

_TABLE_PART: Final = re.compile(r"tables/([a-z_]+)/(\d{6})\.jsonl")
_MEDIA: Final = re.compile(r"media/([\w-]{22}/\d+\.(?:webp|jpg))", re.ASCII)


class Backup:
    """A backup's file and the keys that open it."""

    def __init__(self, path: Path, identities: Sequence[x25519.Identity]) -> None:
        self._path = path
        self._identities = identities

    def members(self) -> Iterator[tuple[str, bytes]]:
        """All that is in it, in its order. Raises BackupError where it is not what it was."""
        try:
            with (
                self._path.open("rb") as file,
                age.decrypting(file, self._identities) as plain,
            ):
                with tarfile.open(fileobj=plain, mode="r|") as tar:
                    for entry in tar:
                        if not entry.isreg() or entry.size > LARGEST_PART:
                            raise BackupError(f"{entry.name} does not belong into a backup")
                        content = tar.extractfile(entry)
                        yield entry.name, content.read() if content else b""
                # To the end, since only there it is sure that nothing was cut off.
                while plain.read(1024 * 1024):
                    pass
        except (age.CannotOpenError, tarfile.TarError) as broken:
            raise BackupError(str(broken)) from None

    def verified(self) -> dict[str, Any]:
        """The manifest, after everything it names was read, counted and hashed."""
        digests: dict[str, Digest] = {}
        files: dict[str, dict[str, Any]] = {}
        parts: dict[str, int] = {}
        manifest: dict[str, Any] | None = None
        for name, content in self.members():
            if manifest is not None:
                raise BackupError(f"{name} comes after the manifest")
            if name == MANIFEST:
                manifest = json.loads(content)
            elif found := _TABLE_PART.fullmatch(name):
                table, part = found[1], int(found[2])
                if part != parts.get(table, 0):
                    raise BackupError(f"{name} is not at its place")
                parts[table] = part + 1
                digests.setdefault(table, Digest()).add_lines(content)
            elif name == SEAL_KEY or _MEDIA.fullmatch(name):
                hashed = hashlib.sha256(content).hexdigest()
                files[name] = {"size": len(content), "sha256": hashed}
            else:
                raise BackupError(f"{name} does not belong into a backup")
        if manifest is None or manifest.get("format") != FORMAT:
            raise BackupError("this is no backup that this version of the portal can read")
        told = {
            table: asdict(digests.get(table, Digest()).counted)
            for table in {*digests, *manifest["tables"]}
        }
        if told != manifest["tables"] or files != manifest["files"]:
            raise BackupError("what is in the backup is not what its manifest says")
        return manifest

    def rows(self) -> Iterator[tuple[str, Iterator[list[Row]]]]:
        """Tables in the order they were written, each with its rows, to be read one by one."""
        found = (
            (match[1], content)
            for name, content in self.members()
            if (match := _TABLE_PART.fullmatch(name))
        )
        for table, parts in groupby(found, key=lambda each: each[0]):
            yield table, ([json.loads(line) for line in part.splitlines()] for _, part in parts)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a backup goes: nothing may be there yet. `seal_key` is the file of the keys."""

    storage: Storage
    seal_key: Path


def check_keys(target: Target, manifest: dict[str, Any]) -> None:
    """Raises BackupError unless the sealed names and addresses will be readable there."""
    needed = set(manifest["seal_key_ids"])
    if target.seal_key.exists():
        if not needed <= set(Seal.from_file(target.seal_key).key_ids):
            raise BackupError(f"{target.seal_key} is not the seal key of this backup")
    elif not manifest["has_seal_key"]:
        raise BackupError(
            f"the seal key is not in the backup: put your copy of it at {target.seal_key}"
        )


def restore_keys(backup: Backup, target: Target) -> None:
    """Puts the seal key of the backup where there is none."""
    if target.seal_key.exists():
        return
    content = next(content for name, content in backup.members() if name == SEAL_KEY)
    target.seal_key.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(target.seal_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def restore_media(backup: Backup, storage: Storage, manifest: dict[str, Any]) -> None:
    """Writes the pictures' files; refuses a storage that has any others."""
    ours = {name.removeprefix("media/") for name in manifest["files"]}
    for names in storage.names():
        if strangers := set(names) - ours:
            raise BackupError(f"the storage of pictures is not empty: {min(strangers)}")
    for name, content in backup.members():
        if found := _MEDIA.fullmatch(name):
            storage.save(found[1], content)


def restore_tables(backup: Backup, database: Database, manifest: dict[str, Any]) -> None:
    """Fills an empty database in one transaction, and brings it to the newest version."""
    version = manifest["schema"]
    make_ready(database, version)
    expected = {name: Counted(**each) for name, each in manifest["tables"].items()}
    parts = backup.rows()
    coming = next(parts, None)

    def rows(name: str) -> Iterator[list[Row]]:
        # Both databases put their tables into the same order; those without rows are not there.
        nonlocal coming
        if coming is not None and coming[0] == name:
            yield from coming[1]
            coming = next(parts, None)

    fill(database, expected, rows)
    finish(database)
