"""A hot standby of PostgreSQL, for readers who find there all that was written before they came."""

import time
from typing import Any, Final

from sqlalchemy import URL, Engine, TextClause, text
from sqlalchemy.orm import Session

from portal.db.outages import OUTAGES

# Seconds for which one that did not answer is asked nothing.
REST: Final = 10.0
# Seconds to connect, and milliseconds for what was sent to arrive: the primary answers instead.
_PATIENCE: Final = {"connect_timeout": 2, "tcp_user_timeout": 2_000}
# Where the primary is, and which one it is. Of the insertion, not of the flush: with
# synchronous_commit off a commit is seen before that. The first digits of a segment's name are
# those of the timeline.
_WRITTEN: Final = text("""
    SELECT CAST(pg_current_wal_insert_lsn() AS text) AS written,
           substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) AS timeline,
           system_identifier AS cluster, current_database() AS name
    FROM pg_control_system()
""")
_FOLLOWS: Final = """
    SELECT pg_is_in_recovery() AND system_identifier = :cluster AND current_database() = :name
           AND upper(lpad(to_hex(timeline_id), 8, '0')) = :timeline{more}
    FROM pg_control_system(), pg_control_checkpoint()
"""
_HAS_ALL: Final = text(
    _FOLLOWS.format(more=" AND pg_last_wal_replay_lsn() >= CAST(:written AS pg_lsn)")
)
_IS_RIGHT: Final = text(_FOLLOWS.format(more=""))


def patience(url: URL) -> dict[str, int]:
    """Return how long to wait for a standby; what its URL says goes before."""
    return {name: value for name, value in _PATIENCE.items() if name not in url.query}


class Standby:
    """Leads readers to a standby only when it has caught up with the primary, else to that."""

    # All that was committed when a reader came is there: own writes, sign-outs, a page's revision.

    def __init__(self, primary: Engine, standby: Engine) -> None:
        self._primary, self._standby = primary, standby
        self._rests_until = 0.0

    def engine(self) -> Engine:
        """Return the engine to read from: the standby's if that has everything."""
        has_all = not self._is_resting() and self._says(_HAS_ALL)
        return self._standby if has_all else self._primary

    def is_right(self) -> bool:
        """Return whether it answers, and follows this primary, however far behind."""
        return self._says(_IS_RIGHT)

    def _is_resting(self) -> bool:
        return time.monotonic() < self._rests_until

    def _says(self, question: TextClause) -> bool:
        """Return whether the standby answers, and says yes."""
        with self._primary.connect() as primary:
            where = primary.execute(_WRITTEN).mappings().one()
        try:
            with self._standby.connect() as standby:
                return bool(standby.scalar(question, dict(where)))
        except OUTAGES:
            self._rests_until = time.monotonic() + REST
        return False


class StandbySession(Session):
    """A session that only reads, from the engine that is right at its first question."""

    def __init__(self, standby: Standby, **options: Any) -> None:
        super().__init__(**options)
        self._replicas = standby
        self._engine: Engine | None = None

    def get_bind(self, *_asked: Any, **_more: Any) -> Engine:
        """Return the same engine until the session ends."""
        if self._engine is None:
            self._engine = self._replicas.engine()
        return self._engine
