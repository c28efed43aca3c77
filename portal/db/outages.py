"""When the database does not answer or lets nobody write: what that is, and how long to wait."""

from datetime import timedelta
from typing import Final

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

# Seconds that whoever writes stands in a line, then waits for the one lock of a process, then for
# a lock that others hold: long for a hall that fills, short for somebody at a screen.
PATIENCE: Final = 10.0
# After which trying again is worth while.
PAUSE: Final = timedelta(seconds=30)


class BusyError(Exception):
    """Whoever wants to write has waited long enough."""


# What is raised where nothing that was asked is at fault, and the same may succeed a little later.
OUTAGES: Final = (OperationalError, InterfaceError, NoConnectionError, BusyError)


def is_outage(error: Exception) -> bool:
    """Return whether it is an outage: SQLite calls a missing table by the same name."""
    cause = getattr(error, "orig", None)
    is_mistake = getattr(cause, "sqlite_errorname", "") == "SQLITE_ERROR"
    return isinstance(error, OUTAGES) and not is_mistake
