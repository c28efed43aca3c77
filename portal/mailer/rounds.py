"""The worker: what falls due by itself, then the letters, round after round."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.mailer import chores
from portal.mailer.outbox import OUTAGES, Delivery, Outbox, warn

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from portal.database import Database
    from portal.settings import Settings
    from portal.web.links import Links

logger = logging.getLogger("portal.mailer")

# What falls due by itself is looked for this often (seconds); in between, letters are delivered.
CHORES_EVERY: Final = 20.0
LONGEST_PAUSE: Final = 60.0


@dataclass
class Report(Delivery):
    """What a round did, in numbers."""

    owed: int = 0
    released: int = 0
    poured: int = 0
    forgotten: int = 0
    asked: int = 0
    erased: int = 0


class Worker:
    """Any number of these may work on one database, in one process or many."""

    def __init__(self, database: Database, links: Links, settings: Settings) -> None:
        self._database = database
        self._outbox = Outbox(database, links, settings)
        self._stop = threading.Event()
        self._has_log_to_clear = False

    def round(self, now: datetime) -> Report:
        """Everything that is due at `now`, once; each step in transactions of its own."""
        owed = self._count(chores.owe_letters, now)
        released = self._count(chores.release_places, now)
        poured = self._count(chores.pour_boxes, now)
        forgotten = self._count(chores.forget_people, now)
        forgotten += self._count(chores.forget_invited, now)
        asked = self._count(chores.ask_idle_people, now)
        asked += self._count(chores.ask_for_results, now)
        erased = self._count(chores.erase_accounts, now)
        if poured or forgotten or erased or self._has_log_to_clear:
            self._has_log_to_clear = not chores.clear_log(self._database)
        delivery = self._outbox.deliver(now, self._stop)
        # The last letters' addresses were let go only now.
        self._has_log_to_clear |= erased > 0
        report = Report(
            **delivery.as_dict(),
            owed=owed,
            released=released,
            poured=poured,
            forgotten=forgotten,
            asked=asked,
            erased=erased,
        )
        _log(report)
        return report

    def run(self, stop: threading.Event, every: float = 2.0) -> None:
        """Rounds until `stop` is set, with longer and longer pauses while the database is away."""
        self._stop = stop
        pause, chores_at = every, 0.0
        while not stop.is_set():
            try:
                if time.monotonic() >= chores_at:
                    self.round(clock.now())
                    chores_at = time.monotonic() + CHORES_EVERY
                else:
                    _log(self._outbox.deliver(clock.now(), stop))
                pause = every
            except Exception as error:  # noqa: BLE001 - whatever happens, letters are still owed
                pause = min(2 * pause, LONGEST_PAUSE)
                warn("worker pauses", error, seconds=pause)
            stop.wait(pause)

    def start_thread(self) -> Callable[[], None]:
        """Runs in a thread of its own; the answer stops it and waits for it."""
        stop = threading.Event()
        thread = threading.Thread(target=self.run, args=(stop,), name="mailer", daemon=True)
        thread.start()

        def end() -> None:
            stop.set()
            thread.join()

        return end

    def _count(self, chore: Callable[[Database, datetime], int], now: datetime) -> int:
        """What a chore did. Its failure keeps no letter waiting, unless the database is away."""
        try:
            return chore(self._database, now)
        except OUTAGES:
            raise
        except IntegrityError:
            return 0  # another worker did the same at the same time, and was faster
        except Exception as error:  # noqa: BLE001 - see above
            warn("chore failed", error, chore=chore.__name__)
            return 0


def _log(done: Delivery) -> None:
    counts = {name: count for name, count in done.as_dict().items() if count}
    if counts:
        logger.info("round", extra={"fields": counts})
