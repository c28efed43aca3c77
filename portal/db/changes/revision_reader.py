"""Read the content's revision at every request: committed before the request came, or later."""

import asyncio
import threading
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any, Protocol

from sqlalchemy import URL

from portal.db.changes.postgres_reader import PostgresReader
from portal.db.changes.versions import NUMBER, LatestVersion
from portal.db.engine import Database, sqlite_module

# A page waits no longer for the number than a reader would notice; it is then rendered anew.
_BUSY_MILLISECONDS = 50


class RevisionReader(Protocol):
    """Say where the number is read."""

    @property
    def latest(self) -> LatestVersion:
        """The version that was read last."""

    def catch_up(self) -> Awaitable[bool]:
        """Read a version that has all that was committed before; False where that cannot be."""

    def close(self) -> None:
        """Give the connection back; reading again opens another."""


def revision_reader(database: Database) -> RevisionReader:
    """Return the reader for a database's kind; closed with the database."""
    url = database.url
    reader = SqliteReader(url) if database.is_sqlite else PostgresReader(url)
    database.at_close.append(reader.close)
    return reader


class SqliteReader:
    """Read where the request arrived, on a connection of its own: that takes microseconds."""

    def __init__(self, url: URL) -> None:
        self.latest = LatestVersion()
        self._path = url.database or ""
        self._connection: Any = None
        # Stands in for the thread: event loops of tests come and go.
        self._lock = threading.Lock()
        # The loop in which all who had come before the last question share its answer.
        self._shared_in: asyncio.AbstractEventLoop | None = None
        self._is_known = False

    async def catch_up(self) -> bool:
        """Ask once for all whose turn in the event loop had been fixed before."""
        # The end of sharing is asked for first: whoever comes later has a turn after it.
        loop = asyncio.get_running_loop()
        if self._shared_in is not loop:
            loop.call_soon(self._end_sharing)
            self._shared_in = loop
            self._is_known = self._read()
        return self._is_known

    def _end_sharing(self) -> None:
        self._shared_in = None

    def _read(self) -> bool:
        """Read outside of a transaction, where each question sees the last commit."""
        module = sqlite_module()
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = self._connected(module)
                row = self._connection.execute(NUMBER).fetchone()
                if row is not None:
                    self.latest.learn(row[0])
            except module.Error:
                self._forget()
                return False
        return row is not None

    def _connected(self, module: Any) -> Any:
        made = module.connect(self._path, isolation_level=None, check_same_thread=False)
        made.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
        made.execute("PRAGMA query_only=1")
        return made

    def _forget(self) -> None:
        if self._connection is not None:
            with suppress(sqlite_module().Error):
                self._connection.close()
            self._connection = None

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._forget()
