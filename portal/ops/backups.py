"""Write all of a portal into one encrypted file while it is serving, and restore it."""

# A tar: `tables/<table>/<part>.jsonl` (portal.ops.table_rows), `media/<name>`, `seal.key` if asked
# for, and last `manifest.json`, which counts and hashes all of it. Rows come from one snapshot.

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version as version_of
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO, Final

from pyrage import x25519
from sqlalchemy import select

from portal.content.picture_html import FORMATS, name_of, widths_of
from portal.core.encryption import Seal
from portal.db import schema
from portal.db.engine import Database
from portal.domain.publishing.images.models import Image
from portal.media.storage import Storage
from portal.ops import age, table_rows
from portal.ops.copy_database import fill, finish, make_ready
from portal.ops.table_rows import Counted, Digest, Row

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
SEAL_KEY: Final = "seal.key"
# A picture that was taken away meanwhile takes its files along; then all is read again.
_TRIES: Final = 5
# As large as the rows of one batch become by far; what is larger is no backup of ours.
LARGEST_PART: Final = 256 * 1024 * 1024


class BackupError(Exception):
    """A backup that cannot be made, read or restored; the text says why."""


class _PictureGoneError(Exception):
    """A picture of the snapshot was removed before its files were read."""


@dataclass(frozen=True)
class Made:
    """What a backup is to be made of."""

    database: Database
    storage: Storage
    seal: Seal
    # The file of the seal's keys, if it is to go along.
    seal_key: Path | None = None


def back_up(
    made: Made, to: Path, recipients: Sequence[x25519.Recipient], now: datetime
) -> dict[str, Any]:
    """Write a new file, whole or not at all, never over another, and return its manifest."""
    if to.exists():
        raise BackupError(f"{to} is there already")
    unfinished = to.with_name(f".{to.name}.unfinished")
    try:
        for _attempt in range(_TRIES):
            with os.fdopen(
                os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
            ) as file:
                try:
                    manifest = _write(made, file, recipients, now)
                except _PictureGoneError:
                    continue
                file.flush()
                os.fsync(file.fileno())
            _name(unfinished, to)
            return manifest
    except FileExistsError:
        raise BackupError(f"{to} is there already") from None
    finally:
        unfinished.unlink(missing_ok=True)
    raise BackupError("pictures are being removed all the time: try again later")


def _name(unfinished: Path, to: Path) -> None:
    """Give a whole file its name, and write over nothing that has it meanwhile."""
    try:
        os.link(unfinished, to)
    except FileExistsError:
        raise
    except OSError:  # a disk that knows no second names of files
        unfinished.rename(to)


def _write(
    made: Made, file: BinaryIO, recipients: Sequence[x25519.Recipient], now: datetime
) -> dict[str, Any]:
    if (version := schema.stored_version(made.database)) is None:
        raise BackupError("there is nothing to back up: this is not a portal's database")
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "portal": version_of("portal"),
        "schema": version,
        "database": "sqlite" if made.database.is_sqlite else "postgresql",
        "made_at": now.isoformat(),
        "seal_key_ids": made.seal.key_ids,
        "has_seal_key": made.seal_key is not None,
        "tables": {},
        "files": {},
        "missing": [],
    }
    with (
        age.encrypting(file, recipients) as encrypted,
        tarfile.open(fileobj=encrypted, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):

        def add(name: str, content: bytes) -> None:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = len(content), 0o600, int(now.timestamp())
            tar.addfile(entry, io.BytesIO(content))

        names = _add_tables(made.database, manifest, add)
        _add_media(made, names, manifest, add)
        if made.seal_key is not None:
            content = made.seal_key.read_bytes()
            manifest["files"][SEAL_KEY] = _entry(content)
            add(SEAL_KEY, content)
        add(MANIFEST, json.dumps(manifest, indent=1).encode())
    return manifest


def _add_tables(
    database: Database, manifest: dict[str, Any], add: Callable[[str, bytes], None]
) -> list[str]:
    """Add all rows of one snapshot; return the names of the files its pictures have."""
    with database.snapshot() as db:
        connection = db.connection()
        for table in table_rows.tables_of(connection):
            digest = table_rows.Digest()
            for part, rows in enumerate(table_rows.rows_of(connection, table)):
                add(f"tables/{table.name}/{part:06}.jsonl", digest.add(rows))
            manifest["tables"][table.name] = asdict(digest.counted)
        images = db.execute(select(Image.key, Image.width).order_by(Image.key)).all()
    return [
        f"{key}/{name_of(size, form)}"
        for key, width in images
        for size in widths_of(width)
        for form in FORMATS
    ]


def _add_media(
    made: Made, names: list[str], manifest: dict[str, Any], add: Callable[[str, bytes], None]
) -> None:
    for name in names:
        content = made.storage.content(name)
        if content is not None:
            manifest["files"][f"media/{name}"] = _entry(content)
            add(f"media/{name}", content)
            continue
        with made.database.reading() as db:
            if db.get(Image, name.partition("/")[0]) is None:
                raise _PictureGoneError
        # Damaged before; better a backup of all the rest, which says so, than none.
        manifest["missing"].append(name)


def _entry(content: bytes) -> dict[str, Any]:
    return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


_TABLE_PART: Final = re.compile(r"tables/([a-z_]+)/(\d{6})\.jsonl")
_MEDIA: Final = re.compile(r"media/([\w-]{22}/\d+\.(?:webp|jpg))", re.ASCII)


class Backup:
    """A backup's file and the keys that open it."""

    def __init__(self, path: Path, identities: Sequence[x25519.Identity]) -> None:
        self._path = path
        self._identities = identities

    def members(self) -> Iterator[tuple[str, bytes]]:
        """Yield all members in order; raise BackupError where one is not what it was."""
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
        """Return the manifest, after everything it names was read, counted and hashed."""
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
        actual = {
            table: asdict(digests.get(table, Digest()).counted)
            for table in {*digests, *manifest["tables"]}
        }
        if actual != manifest["tables"] or files != manifest["files"]:
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
    """Raise BackupError unless the sealed names and address will be readable there."""
    needed = set(manifest["seal_key_ids"])
    if target.seal_key.exists():
        if not needed <= set(Seal.from_file(target.seal_key).key_ids):
            raise BackupError(f"{target.seal_key} is not the seal key of this backup")
    elif not manifest["has_seal_key"]:
        raise BackupError(
            f"the seal key is not in the backup: put your copy of it at {target.seal_key}"
        )


def restore_keys(backup: Backup, target: Target) -> None:
    """Put the seal key of the backup where there is none."""
    if target.seal_key.exists():
        return
    content = next(content for name, content in backup.members() if name == SEAL_KEY)
    target.seal_key.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(target.seal_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def restore_media(backup: Backup, storage: Storage, manifest: dict[str, Any]) -> None:
    """Write the pictures' files; refuse a storage that has any others."""
    ours = {name.removeprefix("media/") for name in manifest["files"]}
    for names in storage.names():
        if strangers := set(names) - ours:
            raise BackupError(f"the storage of pictures is not empty: {min(strangers)}")
    for name, content in backup.members():
        if found := _MEDIA.fullmatch(name):
            storage.save(found[1], content)


def restore_tables(backup: Backup, database: Database, manifest: dict[str, Any]) -> None:
    """Fill an empty database in one transaction, and bring it to the newest version."""
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
