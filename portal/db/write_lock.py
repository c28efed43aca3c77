"""Takes turns: threads of one process in the order they came, and processes one after another."""

import fcntl
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from portal.db.outages import BusyError

_LOOK_AGAIN_SECONDS: Final = 0.001


class FifoLock:
    """Handed to whoever waited longest; one of `threading` goes to the thread that let it go."""

    def __init__(self, seconds: float) -> None:
        """Raise BusyError for whoever has waited for `seconds`."""
        self._seconds = seconds
        self._inside = threading.Lock()
        self._is_taken = False
        self._waiting: deque[threading.Lock] = deque()

    def __enter__(self) -> None:
        """Wait for its turn."""
        with self._inside:
            if not self._is_taken:
                self._is_taken = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=self._seconds):
            return
        with self._inside:
            if turn not in self._waiting:
                return  # handed over just now
            self._waiting.remove(turn)
        raise BusyError

    def __exit__(self, *_error: object) -> None:
        """Hand the lock to the next one, without a moment in which it is nobody's."""
        with self._inside:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False


class ProcessLock(FifoLock):
    """A first-come lock among processes that write one file; SQLite's own lock keeps it safe."""

    # Two files are locked in turn: whoever leaves the second cannot overtake those who wait. SQLite
    # alone looks every tenth of a second and starves; after `seconds` the line is passed.

    def __init__(self, path: Path, seconds: float) -> None:
        super().__init__(seconds)
        self._paths = [path.with_name(f"{path.name}-{name}") for name in ("next", "writer")]
        self._files: list[IO[bytes]] = []

    def __enter__(self) -> None:
        """Wait for the threads of this process, then for other processes."""
        super().__enter__()
        with suppress(OSError):  # a disk may be full, or a system know no such locks
            if not self._files:
                self._files = [path.open("ab") for path in self._paths]
            following, writing = self._files
            until = time.monotonic() + self._seconds
            _lock(following, until)
            _lock(writing, until)
            fcntl.flock(following, fcntl.LOCK_UN)

    def __exit__(self, *error: object) -> None:
        """Let the next process in, then the next thread."""
        for file in self._files:
            with suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_UN)
        super().__exit__(*error)

    def close(self) -> None:
        """Give the files back; they are opened anew where they are needed again."""
        while self._files:
            self._files.pop().close()


def _lock(file: IO[bytes], until: float) -> None:
    while time.monotonic() < until:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOOK_AGAIN_SECONDS)
        else:
            return
