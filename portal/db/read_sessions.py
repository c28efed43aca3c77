"""Sessions that only read: each connects with its first question, if it asks any."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session


class WouldWaitError(Exception):
    """A question to a database that is waited for, from where nothing may wait."""


class Reader(Session):
    """Whatever is drawn from what is known already asks nothing, and needs no connection."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        give_back: Callable[[Connection], None],
        **options: Any,
    ) -> None:
        """`connect` is called once, or raises WouldWaitError; then so is `give_back`."""
        super().__init__(**options)
        self._connect, self._give_back = connect, give_back
        self._connection: Connection | None = None

    def get_bind(self, *_asked: Any, **_more: Any) -> Connection:
        """The connection all questions go to."""
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def close(self) -> None:
        """Gives the connection back, for good."""
        connection, self._connection, self._connect = self._connection, None, nowhere
        try:
            # Who has asked for columns alone holds nothing that would have to be let go.
            if self.in_transaction() or self.identity_map:
                super().close()
        finally:
            if connection is not None:
                self._give_back(connection)


class HandedOn:
    """Connections of a database on this machine, which one reader hands on to the next.

    None of them can have died meanwhile, and to take one from the pool and give it back takes as
    long as the question of most pages.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # The last one given back is asked first: the others' pages go cold, or were never read.
        self._free: deque[Connection] = deque()

    def __len__(self) -> int:
        """How many are left to the next reader."""
        return len(self._free)

    def connect(self) -> Connection:
        """One that another reader has left, else one of the pool's."""
        try:
            return self._free.pop()
        except IndexError:
            return self._engine.connect()

    def give_back(self, connection: Connection) -> None:
        """Ends what was read, and leaves the connection to the next; the pool gets a broken one."""
        try:
            connection.rollback()
        except BaseException:
            connection.close()
            raise
        self._free.append(connection)

    def close(self) -> None:
        """Gives all that are free back to the pool."""
        while self._free:
            self._free.pop().close()


def nowhere() -> Connection:
    """Connects to nothing, for readers that may not wait and for those that are closed."""
    raise WouldWaitError
