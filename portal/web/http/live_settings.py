"""The texts administrators have changed, kept in this process for a moment."""

import threading
import time
from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from portal.db.changes.revision import revision_now
from portal.domain.moderation.runtime_settings import all_changed

# So long another process goes on with what it knew.
SECONDS: Final = 60


# Of texts that are not committed yet.
_UNKNOWN: Final = -1


class LiveSettings:
    """Settings read at most once a minute, or at the revision of a cached page (`keep_up`)."""

    def __init__(self) -> None:
        self._texts: Mapping[str, str] = {}
        self._until = 0.0
        self._revision = _UNKNOWN
        self._lock = threading.Lock()

    def texts(self, db: Session | None = None) -> Mapping[str, str]:
        """Return what has been changed; without a session, as far as it is known."""
        if db is not None and time.monotonic() >= self._until:
            # The revision first: what is read next is of it or of a later one.
            self._read(db, revision_now(db))
        return self._texts

    def refresh(self, db: Session, revision: int) -> None:
        """Read again if what is known may be older than this revision, which the request read."""
        if self._revision < revision:
            self._read(db, revision)

    def learn(self, db: Session) -> None:
        """Read again now, for this process's own changes, which are about to be committed."""
        with self._lock:
            self._texts, self._until = all_changed(db), time.monotonic() + SECONDS
            self._revision = _UNKNOWN

    def _read(self, db: Session, revision: int) -> None:
        texts = all_changed(db)
        with self._lock:
            # Another request may have seen later ones meanwhile.
            if revision >= self._revision:
                self._texts, self._revision = texts, revision
                self._until = time.monotonic() + SECONDS
