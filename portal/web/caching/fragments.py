"""Parts that pages have in common, kept in this process for as long as they are true.

Pages of somebody are drawn anew each time, around parts that are nobody's in particular: what a
list found, what an event's page says of the event. A part is true as a kept page is: as of the
content's version known when it was made, by the scopes it was made from, for the minute.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final, NamedTuple, TypeVar

from starlette.types import Scope

from portal.db.changes.reads import also_read, noting
from portal.db.changes.revision_reader import RevisionReader
from portal.db.changes.versions import Version

# In the scope of a request for which no page is kept: the version read when it came.
_KNOWN: Final = "portal.known"
T = TypeVar("T")


class Sort(NamedTuple):
    """Parts that are counted together; beyond `most` the least lately used goes."""

    name: str
    max_entries: int


class _Part(NamedTuple):
    made: Any
    version: Version
    minute: int
    scopes: Mapping[str, str]


class FragmentStore:
    """Parts by sort and key."""

    def __init__(self, reader: RevisionReader) -> None:
        self.reader = reader
        self._parts: dict[Sort, OrderedDict[Hashable, _Part]] = {}
        self._lock = threading.Lock()  # threads draw beside one another

    async def catch_up(self, scope: Scope) -> None:
        """Let a request use parts as new as itself; without this it makes its own."""
        if await self.reader.catch_up():
            scope[_KNOWN] = self.reader.known.version

    @staticmethod
    def known_to(scope: Scope) -> Version | None:
        """Return the version as of which a request may use parts."""
        known: Version | None = scope.get(_KNOWN)
        return known

    def forget(self) -> None:
        """Let all parts go."""
        with self._lock:
            self._parts.clear()

    def get(
        self, sort: Sort, key: Hashable, version: Version, minute: int, make: Callable[[], T]
    ) -> T:
        """Return what is kept, if it is true, else what `make` makes.

        `version` was read before anything that `make` will read. Whoever notes what they read is
        told what the part was made from.
        """
        with self._lock:
            cached = self._parts.setdefault(sort, OrderedDict())
            part = cached.get(key)
            if part is not None:
                cached.move_to_end(key)
        if (
            part is None
            or part.minute != minute
            or not self.reader.known.is_true(part.version, part.scopes)
        ):
            with noting() as reads:
                made = make()
            part = _Part(made, version, minute, reads.scopes)
            with self._lock:
                cached[key] = part
                cached.move_to_end(key)
                while len(cached) > sort.max_entries:
                    cached.popitem(last=False)
        also_read(part.scopes)
        found: T = part.made
        return found
