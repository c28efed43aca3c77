"""Asks PostgreSQL for the content's revision, once for all who came before the question."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from sqlalchemy import URL

from portal.db.changes.versions import NUMBER, LatestVersion

_STATEMENT = b"content_revision"
# Seconds to connect, and milliseconds for what was sent to arrive; what the URL says goes before.
_PATIENCE = {"connect_timeout": 5, "tcp_user_timeout": 5_000}


class PostgresReader:
    """Ask once for all who came before the question was put, in the event loop itself."""

    # An answer under way may be from before the write that a request has to see, so everybody joins
    # the next question. LISTEN would be late by milliseconds.

    def __init__(self, url: URL) -> None:
        self.latest = LatestVersion()
        self._url = url
        # A portal has one event loop; tests have several, one after another.
        self._links: dict[asyncio.AbstractEventLoop, _Link] = {}

    def catch_up(self) -> Awaitable[bool]:
        """Read by the first question put after this call."""
        loop = asyncio.get_running_loop()
        link = self._links.get(loop)
        if link is None:
            link = self._links[loop] = _Link(loop, self._url, self.latest)
        return link.answered()

    def close(self) -> None:
        """Close the connections."""
        while self._links:
            loop, link = self._links.popitem()
            if loop.is_running():
                loop.call_soon_threadsafe(link.forget)
            else:
                link.forget()


class _Link:
    """A connection of one event loop, by the driver's protocol alone, and who waits for it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, url: URL, latest: LatestVersion) -> None:
        self._loop, self._url, self._latest = loop, url, latest
        self._connection: Any = None
        self._socket = -1
        self._waiting: list[asyncio.Future[bool]] = []
        self._asking: asyncio.Task[None] | None = None
        self._arrival: asyncio.Future[None] | None = None

    def answered(self) -> asyncio.Future[bool]:
        future: asyncio.Future[bool] = self._loop.create_future()
        self._waiting.append(future)
        if self._asking is None:
            self._asking = self._loop.create_task(self._ask_for_all())
        return future

    async def _ask_for_all(self) -> None:
        waiting = self._waiting
        try:
            while self._waiting:
                await asyncio.sleep(0)  # who comes in the same moment shares the question
                waiting, self._waiting = self._waiting, []
                _answer(waiting, is_known=await self._ask())
        finally:  # what ends the loop lets nobody wait
            self._asking = None
            _answer(waiting, is_known=False)

    async def _ask(self) -> bool:
        import psycopg  # noqa: PLC0415 - not needed beside SQLite

        for _try in range(2):  # the first fails where the server was started anew
            try:
                if self._connection is None:
                    made = await self._loop.run_in_executor(None, self._connected)
                    self._connection, self._socket = made, made.pgconn.socket
                    self._loop.add_reader(self._socket, self._arrived)
                number = await self._number(self._connection.pgconn)
            except (psycopg.Error, OSError):
                self.forget()
            else:
                if number is not None:
                    self._latest.learn(number)
                return number is not None
        return False

    def _connected(self) -> Any:
        import psycopg  # noqa: PLC0415 - see above

        arguments, named = self._url.get_dialect()().create_connect_args(self._url)
        made = psycopg.connect(*arguments, **{**_PATIENCE, **named}, autocommit=True)
        made.pgconn.prepare(_STATEMENT, NUMBER.encode())
        return made

    async def _number(self, link: Any) -> int | None:
        import psycopg  # noqa: PLC0415 - see above

        link.send_query_prepared(_STATEMENT, ())
        answers = []
        while True:
            while link.is_busy():
                self._arrival = self._loop.create_future()
                try:
                    await self._arrival
                finally:
                    self._arrival = None
                link.consume_input()
            answer = link.get_result()
            if answer is None:
                break
            answers.append(answer)
        if [answer.status for answer in answers] != [psycopg.pq.ExecStatus.TUPLES_OK]:
            raise psycopg.OperationalError
        (answer,) = answers
        return int(answer.get_value(0, 0)) if answer.ntuples else None

    def _arrived(self) -> None:
        if self._arrival is None:  # nobody asked: the server takes its leave
            self.forget()
        elif not self._arrival.done():
            self._arrival.set_result(None)

    def forget(self) -> None:
        """Close the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            if not self._loop.is_closed():
                self._loop.remove_reader(self._socket)
            connection.close()
            if self._arrival is not None and not self._arrival.done():
                self._arrival.set_result(None)


def _answer(waiting: list[asyncio.Future[bool]], *, is_known: bool) -> None:
    for future in waiting:
        if not future.done():
            future.set_result(is_known)
