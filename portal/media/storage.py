"""Keeps files under names: in a folder, or in a bucket of S3-compatible storage."""

import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from obstore.store import LocalStore, S3Store

from portal.config.media import S3
from portal.config.settings import Settings

# One answer of the storage, and how often it is asked again when it fails.
PATIENCE: Final = timedelta(seconds=10)
TRIES: Final = 2
# So many names are listed, and forgotten, at a time.
BATCH: Final = 500


class Storage:
    """The files of one portal. Names are paths of letters, digits, `-`, `_`, `.` and `/`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        parts = urlsplit(settings.media_url)
        is_folder = parts.scheme != S3
        given = Path(unquote(parts.path)) if settings.media_url else settings.data_dir / "media"
        # Where files are kept on this machine; None where a bucket keeps them.
        self.folder = given.resolve() if is_folder else None

    @cached_property
    def _store(self) -> LocalStore | S3Store:
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return LocalStore(self.folder, automatic_cleanup=True)
        settings, parts = self._settings, urlsplit(self._settings.media_url)
        config: Any = {"region": settings.media_region}
        if settings.media_endpoint:
            config["endpoint"] = settings.media_endpoint
        if settings.media_access_key_id:
            config["access_key_id"] = settings.media_access_key_id
            config["secret_access_key"] = settings.media_secret_access_key
        return S3Store(
            parts.hostname or "",
            prefix=parts.path.strip("/") or None,
            config=config,
            client_options={
                "timeout": PATIENCE,
                "allow_http": settings.media_endpoint.startswith("http:"),
            },
            retry_config={"max_retries": TRIES, "retry_timeout": TRIES * PATIENCE},
        )

    def save(self, name: str, content: bytes) -> None:
        """Write a file as a whole; when this returns, it outlives a power cut."""
        self._store.put(name, content, use_multipart=False)
        if self.folder is not None:
            for written in (self.folder / name, (self.folder / name).parent):
                descriptor = os.open(written, os.O_RDONLY)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)

    async def read(self, name: str) -> bytes | None:
        """Return a file; None if there is none of that name."""
        try:
            found = await self._store.get_async(name)
        except FileNotFoundError:
            return None
        return bytes(await found.bytes_async())

    def content(self, name: str) -> bytes | None:
        """Return a file's content, at once."""
        try:
            return bytes(self._store.get(name).bytes())
        except FileNotFoundError:
            return None

    def names(self, prefix: str = "", *, before: datetime | None = None) -> Iterator[list[str]]:
        """Yield names of files written before an instant, some hundreds at a time."""
        for found in self._store.list(prefix or None, chunk_size=BATCH):
            yield [each["path"] for each in found if not before or each["last_modified"] < before]

    def forget(self, names: Sequence[str]) -> None:
        """Delete files; those that are gone already are no fault."""
        for name in names:
            try:
                self._store.delete(name)
            except FileNotFoundError:
                continue
