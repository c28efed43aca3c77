"""Connections to PostgreSQL: what each is told once, and when it is asked if it still is one."""

import time
from typing import Any, Final

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError

from portal.db.outages import PATIENCE

# So long after its last answer a connection is taken to be alive: asking is one way there and back
# more for every page, where a page has two or three.
_SURE_SECONDS: Final = 1.0


def configure(connection: Any, *settings: str) -> None:
    """Set what holds until the connection is closed."""
    # In a transaction the next rollback would take it back.
    before, connection.autocommit = connection.autocommit, True
    for setting in settings:
        connection.execute(f"SET {setting}")
    connection.autocommit = before


def set_up(engine: Engine, *, read_only: bool) -> None:
    """Set up each new connection: patience with locks, no compiling, no parallel workers."""
    # Both last cost milliseconds to half a second, for whole tables; the portal asks for few rows.
    settings = [
        f"lock_timeout = {int(PATIENCE * 1000)}",
        "jit = off",
        "max_parallel_workers_per_gather = 0",
    ]
    if read_only:
        settings.append("default_transaction_read_only = on")

    @event.listens_for(engine, "connect")
    def _begin(connection: Any, _record: object) -> None:
        configure(connection, *settings)

    @event.listens_for(engine, "checkout")
    def _ask(connection: Any, record: Any, _proxy: object) -> None:
        now = time.monotonic()
        if now - record.info.get("given_back", now) > _SURE_SECONDS:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise DisconnectionError from error

    @event.listens_for(engine, "checkin")
    def _note(_connection: Any, record: Any) -> None:
        record.info["given_back"] = time.monotonic()
