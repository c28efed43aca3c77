"""Cache fragments that pages share in this process, each for a content version and a minute."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Final, NamedTuple, TypeVar

from starlette.types import Scope

from portal.db.changes.revision_reader import RevisionReader
from portal.db.changes.versions import Version

# In the scope of a request for which no page is cached: the version read when it came.
_VERSION: Final = "portal.version"
T = TypeVar("T")


class Sort(NamedTuple):
    """Fragments that are counted together; beyond `most` the least lately used goes."""

    name: str
    max_entries: int


class _Fragment(NamedTuple):
    made: Any
    version: Version
    minute: int


class FragmentStore:
    """Fragments by sort and key."""

    def __init__(self, reader: RevisionReader) -> None:
        self.reader = reader
        self._fragments: dict[Sort, OrderedDict[Hashable, _Fragment]] = {}
        self._lock = threading.Lock()  # threads render beside one another

    async def catch_up(self, scope: Scope) -> None:
        """Let a request use fragments as new as itself; without this it makes its own."""
        if await self.reader.catch_up():
            scope[_VERSION] = self.reader.latest.version

    @staticmethod
    def known_to(scope: Scope) -> Version | None:
        """Return the version as of which a request may use fragments."""
        version: Version | None = scope.get(_VERSION)
        return version

    def forget(self) -> None:
        """Drop all fragments."""
        with self._lock:
            self._fragments.clear()

    def get(
        self, sort: Sort, key: Hashable, version: Version, minute: int, make: Callable[[], T]
    ) -> T:
        """Return the fragment true at `version`, which was read before all that `make` reads."""
        with self._lock:
            cached = self._fragments.setdefault(sort, OrderedDict())
            fragment = cached.get(key)
            if fragment is not None:
                cached.move_to_end(key)
        if fragment is None or fragment.minute != minute or fragment.version < version:
            fragment = _Fragment(make(), version, minute)
            with self._lock:
                cached[key] = fragment
                cached.move_to_end(key)
                while len(cached) > sort.max_entries:
                    cached.popitem(last=False)
        found: T = fragment.made
        return found
