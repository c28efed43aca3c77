"""When the database does not answer or lets nobody write: what that is, and how long to wait."""

from __future__ import annotations

import threading
from typing import Any, Final

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

# Seconds that whoever writes stands in a line, then waits for the one lock of a process, then for
# a lock that others hold: long for a hall that fills, short for somebody at a screen.
PATIENCE: Final = 10.0
# Seconds after which trying again is worth while.
PAUSE: Final = 30


class BusyError(Exception):
    """Whoever wants to write has waited long enough."""


# Nothing that was asked is at fault, and the same may succeed a little later.
OUTAGES: Final = (OperationalError, InterfaceError, NoConnectionError, BusyError)


class PatientLock:
    """A lock for `with`; raises BusyError if others keep it for too long."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=PATIENCE):
            raise BusyError

    def __exit__(self, *_error: object) -> None:
        self._lock.release()


def limit_waiting(connection: Any, _record: object) -> None:
    """Has a new connection to PostgreSQL wait no longer for rows and tables that others lock."""
    connection.autocommit = True
    connection.execute(f"SET lock_timeout = {int(PATIENCE * 1000)}")
    connection.autocommit = False
