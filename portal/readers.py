"""Sessions that only read: each connects with its first question, if it asks any."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection


class WouldWaitError(Exception):
    """A question to a database that is waited for, from where nothing may wait."""


class Reader(Session):
    """Whatever is drawn from what is known already asks nothing, and needs no connection."""

    def __init__(
        self, connect: Callable[[], AbstractContextManager[Connection]], **options: Any
    ) -> None:
        """`connect` is called once, or raises WouldWaitError."""
        super().__init__(**options)
        self._connect = connect
        self._opened = ExitStack()
        self._connection: Connection | None = None

    def get_bind(self, *_asked: Any, **_more: Any) -> Connection:
        """The connection all questions go to."""
        if self._connection is None:
            self._connection = self._opened.enter_context(self._connect())
        return self._connection

    def close(self) -> None:
        """Gives the connection back, for good."""
        try:
            super().close()
        finally:
            self._connection, self._connect = None, nowhere
            self._opened.close()


def nowhere() -> AbstractContextManager[Connection]:
    """Connects to nothing, for readers that may not wait and for those that are closed."""
    raise WouldWaitError
