"""Reads the content's revision at every request, for hardly more than nothing.

What is read was committed before the request came, or later: never less.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from portal.database import sqlite_module

if TYPE_CHECKING:
    from sqlalchemy import URL

    from portal.database import Database

_QUESTION = "SELECT number FROM content_revision WHERE id = 1"
# A page waits no longer for the number than a reader would notice; it is then drawn anew.
_BUSY_MILLISECONDS = 50
# Seconds to connect, and milliseconds for what was sent to arrive; what the URL says goes before.
_PATIENCE = {"connect_timeout": 5, "tcp_user_timeout": 5_000}


class RevisionReader(Protocol):
    """Where the number is read."""

    async def read(self) -> int | None:
        """The number, or None where it cannot be read now."""

    def close(self) -> None:
        """Gives the connection back; reading again opens another."""


def revision_reader(database: Database) -> RevisionReader:
    """The reader for a database's kind; closed with the database."""
    url = database.url
    reader = SqliteReader(url) if database.is_sqlite else PostgresReader(url)
    database.at_close.append(reader.close)
    return reader


class SqliteReader:
    """Reads where the request arrived, on a connection of its own: that takes six microseconds."""

    def __init__(self, url: URL) -> None:
        self._path = url.database or ""
        self._connection: Any = None
        self._lock = threading.Lock()

    async def read(self) -> int | None:
        """The number as it is now: outside of a transaction each question sees the last commit."""
        module = sqlite_module()
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = self._connected(module)
                row = self._connection.execute(_QUESTION).fetchone()
            except module.Error:
                self._forget()
                return None
        return row[0] if row else None

    def _connected(self, module: Any) -> Any:
        # The lock stands in for the thread: event loops of tests come and go.
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
        """Closes the connection."""
        with self._lock:
            self._forget()


class _Round:
    """One question to the database, and everybody who waits for its answer."""

    def __init__(self) -> None:
        self.waiting: dict[asyncio.AbstractEventLoop, asyncio.Future[int | None]] = {}

    def tell(self, number: int | None) -> None:
        """Gives all the answer, each in their own event loop."""
        for loop, future in self.waiting.items():
            with suppress(RuntimeError):  # that loop has ended, and its requests with it
                loop.call_soon_threadsafe(_answer, future, number)


def _answer(future: asyncio.Future[int | None], number: int | None) -> None:
    if not future.done():
        future.set_result(number)


class PostgresReader:
    """Asks once for all who came before the question was put, from one thread.

    A request may share only a question that begins after it came: an answer under way may have
    been given before the write that the request has to see. So everybody joins the next question,
    which begins when the present one has been answered. LISTEN would be late by milliseconds.
    """

    def __init__(self, url: URL) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._next: _Round | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._connection: Any = None

    async def read(self) -> int | None:
        """The number, by the first question put after this call."""
        loop = asyncio.get_running_loop()
        with self._lock:
            if self._next is None:
                self._next = _Round()
                if self._thread is None:
                    self._thread = ThreadPoolExecutor(1, "revision")
                self._thread.submit(self._ask)
            future = self._next.waiting.get(loop)
            if future is None:
                future = self._next.waiting[loop] = loop.create_future()
        # One request that is given up must not take the answer from the others.
        return await asyncio.shield(future)

    def _ask(self) -> None:
        with self._lock:
            begun, self._next = self._next, None
        if begun is not None:
            begun.tell(self._number())

    def _number(self) -> int | None:
        import psycopg  # noqa: PLC0415 - not needed beside SQLite

        for _try in range(2):  # the first fails where the server was started anew
            try:
                if self._connection is None:
                    arguments, named = self._url.get_dialect()().create_connect_args(self._url)
                    named = {**_PATIENCE, **named}
                    self._connection = psycopg.connect(*arguments, **named, autocommit=True)
                row = self._connection.execute(_QUESTION).fetchone()
            except psycopg.Error:
                self._forget()
            else:
                return int(row[0]) if row else None
        return None

    def _forget(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def close(self) -> None:
        """Ends the thread once it has answered whoever waits, then closes the connection."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.shutdown()
        self._forget()
