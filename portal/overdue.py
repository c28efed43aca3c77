"""Ends what the database works too long for one request, and knows it by its error."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

# Steps of SQLite's machine between two looks at the clock.
_STEPS: Final = 100_000


def limit(engine: Engine, seconds: float) -> None:
    """On PostgreSQL no statement takes longer, on SQLite no transaction works longer."""
    is_sqlite = engine.dialect.name == "sqlite"
    (_limit_transactions if is_sqlite else _limit_statements)(engine, seconds)


def _limit_statements(engine: Engine, seconds: float) -> None:
    @event.listens_for(engine, "connect")
    def _set_limit(connection: Any, _record: object) -> None:
        connection.autocommit = True  # or the next rollback would take it back
        connection.execute(f"SET statement_timeout = {int(seconds * 1000)}")
        connection.autocommit = False


def _limit_transactions(engine: Engine, seconds: float) -> None:
    @event.listens_for(engine, "connect")
    def _watch(connection: Any, record: Any) -> None:
        record.info["until"] = math.inf
        # Asked every few milliseconds of work; true ends the statement.
        connection.set_progress_handler(lambda: time.monotonic() > record.info["until"], _STEPS)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.info["until"] = time.monotonic() + seconds


def is_overdue(error: Exception) -> bool:
    """Whether the database was too busy for this, or ended it; it is undone then."""
    if isinstance(error, PoolTimeoutError):
        return True
    cause = getattr(error, "orig", None)
    return (
        getattr(cause, "sqlite_errorname", "") in {"SQLITE_BUSY", "SQLITE_INTERRUPT"}
        # query_canceled, lock_not_available
        or getattr(cause, "sqlstate", "") in {"57014", "55P03"}
    )
