"""What a process knows of the content's changes: when it was last what a page depends on."""

import threading
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from portal.db.changes.tables import PLACES

# What tells of changes. The second is asked only where the number has moved: both in one question
# take twice the time.
NUMBER: Final = "SELECT number FROM content_revision WHERE id = 1"
CHANGES: Final = "SELECT number, scopes FROM content_changes WHERE number > {known}"
# Scopes remembered, a quarter of a kilobyte each; beyond them everything counts as changed, which
# is one drawing more of each page that is being read.
_MAX_CACHED: Final = 5_000


class Version(NamedTuple):
    """A state of the content: its number, and which of the databases seen so far counts it."""

    era: int
    number: int


class KnownChanges:
    """When each scope changed last, and into what.

    `version` may be asked at any time, and is set after all that it tells of.
    """

    def __init__(self) -> None:
        self.version = Version(0, -1)
        # The last change of everything.
        self._everything = self.version
        self._last: dict[str, tuple[int, str]] = {}
        self._lock = threading.Lock()

    def learn(self, number: int, told: Iterable[tuple[int, str]]) -> None:
        """The number that was read, and then what is told of the changes since `version`."""
        with self._lock:  # tests have several event loops beside one another
            self._learn(number, told)

    def _learn(self, number: int, told: Iterable[tuple[int, str]]) -> None:
        era, known = self.version
        if number == known:
            return
        news = {each: scopes for each, scopes in told if known < each <= number}
        if number < known:  # an earlier copy of the database: its numbers come again
            era += 1
        if len(news) != number - known or len(self._last) > _MAX_CACHED:
            self._everything = Version(era, number)
            self._last = {}
        else:
            for each in sorted(news):
                for scope in news[each].split():
                    self._note(scope, each)
        self.version = Version(era, number)

    def _note(self, scope: str, number: int) -> None:
        name, _equals, shown = scope.partition("=")
        self._last[name] = (number, shown)
        if name.startswith(f"{PLACES}:"):
            self._last[PLACES] = (number, "")

    @property
    def last_of_everything(self) -> Version:
        """The version before which nothing is true any more."""
        return self._everything

    def is_true(self, version: Version, scopes: Mapping[str, str] | None) -> bool:
        """Whether what was drawn from these scopes at a version or later is still what they say.

        None is whatever there is. A scope that changed but shows the same again is as it was.
        """
        if scopes is None:
            return version == self.version
        if version < self._everything:
            return False
        for scope, shown in scopes.items():
            changed, now = self._last.get(scope, (-1, ""))
            if changed > version.number and not (now and now == shown):
                return False
        return True
