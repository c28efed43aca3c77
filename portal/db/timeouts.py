"""Ends what the database works too long for one request: an OperationalError then."""

import math
import time
from typing import Any, Final

from sqlalchemy import Engine, PoolProxiedConnection, event

from portal.db import postgres

# Steps of SQLite's machine between two looks at the clock.
_STEPS: Final = 100_000


def limit(engine: Engine, seconds: float) -> None:
    """On PostgreSQL no statement takes longer, on SQLite no transaction works longer."""
    is_sqlite = engine.dialect.name == "sqlite"
    (_limit_transactions if is_sqlite else _limit_statements)(engine, seconds)


def _limit_statements(engine: Engine, seconds: float) -> None:
    @event.listens_for(engine, "connect")
    def _set_limit(connection: Any, _record: object) -> None:
        postgres.configure(connection, f"statement_timeout = {int(seconds * 1000)}")


def _limit_transactions(engine: Engine, seconds: float) -> None:
    @event.listens_for(engine, "connect")
    def _watch(connection: Any, record: Any) -> None:
        record.info["until"] = math.inf
        # Asked every few milliseconds of work; true ends the statement.
        connection.set_progress_handler(lambda: time.monotonic() > record.info["until"], _STEPS)

    begin = engine.dialect.do_begin

    def _begin(connection: PoolProxiedConnection) -> None:
        begin(connection)
        connection.info["until"] = time.monotonic() + seconds

    engine.dialect.do_begin = _begin  # type: ignore[assignment]
