"""The version of the content that a process has read last."""

import threading
from typing import Final, NamedTuple

NUMBER: Final = "SELECT number FROM content_revision WHERE id = 1"


class Version(NamedTuple):
    """A state of the content: its revision, and which of the databases seen so far counts it."""

    era: int
    number: int


class LatestVersion:
    """The latest version of the content that this process has read."""

    def __init__(self) -> None:
        self.version = Version(0, -1)
        self._lock = threading.Lock()  # tests have several event loops beside one another

    def learn(self, number: int) -> None:
        """Take over a revision; a smaller one is of an earlier copy of the database."""
        with self._lock:
            era, known = self.version
            if number != known:
                self.version = Version(era + (number < known), number)
