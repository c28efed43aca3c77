"""Sessions that only read: each connects with its first question, if it asks any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection


class WouldWaitError(Exception):
    """A question to a database that is waited for, from where nothing may wait."""


class Reader(Session):
    """Whatever is drawn from what is known already asks nothing, and needs no connection."""

    def __init__(self, connect: Callable[[], Connection], **options: Any) -> None:
        """`connect` is called once, or raises WouldWaitError."""
        super().__init__(**options)
        self._connect = connect
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
                connection.close()


def nowhere() -> Connection:
    """Connects to nothing, for readers that may not wait and for those that are closed."""
    raise WouldWaitError
