"""The texts administrators have changed, kept in this process for a moment."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from portal.domain.moderation.changed_settings import all_changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

# So long another process goes on with what it knew.
SECONDS: Final = 60


class LiveSettings:
    """Read at most once a minute, by whichever request comes first; all others ask nothing."""

    def __init__(self) -> None:
        self._texts: Mapping[str, str] = {}
        self._until = 0.0

    def texts(self, db: Session | None = None) -> Mapping[str, str]:
        """What has been changed; without a session, as far as it is known."""
        if db is not None and time.monotonic() >= self._until:
            self.learn(db)
        return self._texts

    def learn(self, db: Session) -> None:
        """Reads again now, for this process's own changes."""
        self._texts, self._until = all_changed(db), time.monotonic() + SECONDS
