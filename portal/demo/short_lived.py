"""Random keys that stand for something until their time is over."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from portal.core import clock

Kept = TypeVar("Kept")


class ShortLived(Generic[Kept]):
    """Things kept in memory for one span each; for one thread."""

    def __init__(self, life: timedelta) -> None:
        self.life = life
        self._kept: dict[str, tuple[datetime, Kept]] = {}

    def keep(self, thing: Kept) -> str:
        """Keep a thing and return its key of 256 bits."""
        now = clock.now()
        self._kept = {key: entry for key, entry in self._kept.items() if entry[0] > now}
        key = secrets.token_urlsafe(32)
        self._kept[key] = (now + self.life, thing)
        return key

    def find(self, key: str) -> Kept | None:
        """What the key stands for, if it still does."""
        ends_at, thing = self._kept.get(key, (None, None))
        return thing if ends_at and ends_at > clock.now() else None

    def take(self, key: str) -> Kept | None:
        """The same, for the last time."""
        thing = self.find(key)
        self._kept.pop(key, None)
        return thing
