"""The worker: what falls due by itself, then the emails, round after round."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import IntegrityError

from portal.config.settings import Settings
from portal.core import clock
from portal.core.urls import Links
from portal.db.engine import Database
from portal.db.outages import OUTAGES
from portal.domain.moderation.maintenance import expected_end
from portal.domain.privacy.retention import record_run
from portal.domain.privacy.retention_rules import RECORDED_EVERY, MaintenanceJob, RetentionSubject
from portal.mail.outbox import Delivery, Outbox, warn
from portal.media.storage import Storage
from portal.net.safe_http import SafeClient
from portal.observability.tracing import tracing_of
from portal.worker import jobs
from portal.worker.retention import CHORES, delete_removed, sweep

logger = logging.getLogger("portal.mail")

# What falls due by itself is looked for this often (seconds); in between, emails are delivered.
CHORES_EVERY: Final = 20.0
LONGEST_PAUSE: Final = 60.0
_ENDINGS: Final = (signal.SIGTERM, signal.SIGINT)
# Files are looked through this often.
SWEEPS_EVERY: Final = timedelta(days=1)
# That it works is noted this often, for whoever watches.
ROUND_RECORDED_EVERY: Final = timedelta(minutes=1)


@dataclass
class Report(Delivery):
    """What a round did, in numbers."""

    owed: int = 0
    released: int = 0
    published: int = 0
    poured: int = 0
    notified: int = 0
    forgotten: int = 0
    asked: int = 0
    erased: int = 0
    looked: int = 0
    swept: int = 0


class Worker:
    """Any number of these may work on one database, in one process or many."""

    def __init__(
        self,
        database: Database,
        links: Links,
        settings: Settings,
        outside: SafeClient | None = None,
    ) -> None:
        self._database = database
        self._outside = outside or SafeClient()
        tracing = tracing_of(settings.traces_url)
        if tracing:
            tracing.follow(database)
        self._outbox = Outbox(database, links, settings, tracing)
        self._stop = threading.Event()
        self._has_log_to_clear = False
        self._storage = Storage(settings)
        self._swept_at: datetime | None = None
        self._recorded: dict[RetentionSubject | MaintenanceJob, datetime] = {}

    def round(self, now: datetime) -> Report:
        """Do everything that is due at `now`, once; each step in transactions of its own."""
        if self.rests():
            return Report()
        owed = self._count(jobs.queue_emails, now)
        released = self._count(jobs.release_places, now)
        published = self._count(jobs.publish_stories, now)
        poured = self._count(jobs.pour_boxes, now)
        notified = self._count(jobs.notify_followers, now)
        asked = self._count(jobs.notify_idle_people, now)
        asked += self._count(jobs.request_results, now)
        gone = {subject: self._forget(subject, chore, now) for subject, chore in CHORES.items()}
        erased = gone.pop(RetentionSubject.ACCOUNTS)
        forgotten = sum(gone.values())
        swept = self._forget(RetentionSubject.PICTURES, self._delete_pictures, now)
        self._record(MaintenanceJob.WORKER, 0, now, ROUND_RECORDED_EVERY)
        if poured or forgotten or erased or self._has_log_to_clear:
            self._has_log_to_clear = not jobs.clear_log(self._database)
        looked = self._count(jobs.look_at_domains, now, self._outside)
        delivery = self._outbox.deliver(now, self._stop)
        # The last emails' addresses were let go only now.
        self._has_log_to_clear |= erased > 0
        report = Report(
            **delivery.as_dict(),
            owed=owed,
            released=released,
            published=published,
            poured=poured,
            notified=notified,
            forgotten=forgotten,
            asked=asked,
            erased=erased,
            looked=looked,
            swept=swept,
        )
        _log(report)
        return report

    def rests(self) -> bool:
        """Return whether maintenance is on, in which nothing is written."""
        with self._database.reading() as db:
            return expected_end(db) is not None

    def run(self, stop: threading.Event, every: float = 2.0) -> None:
        """Work in rounds until `stop` is set, with longer pauses while the database is away."""
        self._stop = stop
        pause, chores_at = every, 0.0
        while not stop.is_set():
            try:
                if self.rests():
                    stop.wait(every)
                    continue
                if time.monotonic() >= chores_at:
                    self.round(clock.now())
                    chores_at = time.monotonic() + CHORES_EVERY
                else:
                    _log(self._outbox.deliver(clock.now(), stop))
                pause = every
            except Exception as error:  # noqa: BLE001 - whatever happens, emails are still owed
                pause = min(2 * pause, LONGEST_PAUSE)
                warn("worker pauses", error, seconds=pause)
            stop.wait(pause)

    def run_until_stopped(self) -> None:
        """Run until a signal, which a container's first process must handle; then end all jobs."""
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDINGS)
        end = self.start_thread()
        signal.sigwait(_ENDINGS)
        end()

    def start_thread(self) -> Callable[[], None]:
        """Run in a thread; return what stops it and waits for it."""
        stop = threading.Event()
        thread = threading.Thread(target=self.run, args=(stop,), name="mailer", daemon=True)
        thread.start()

        def end() -> None:
            stop.set()
            thread.join()

        return end

    def _delete_pictures(self, database: Database, now: datetime) -> int:
        deleted = delete_removed(database, self._storage)
        if self._swept_at is None or now - self._swept_at >= SWEEPS_EVERY:
            self._swept_at = now
            deleted += sweep(database, self._storage, now)
        return deleted

    def _forget(self, subject: RetentionSubject, chore: Callable[..., int], now: datetime) -> int:
        gone = self._count(chore, now)
        self._record(subject, gone, now, RECORDED_EVERY)
        return gone

    def _record(
        self, name: RetentionSubject | MaintenanceJob, found: int, now: datetime, every: timedelta
    ) -> None:
        """Note a run that found something, and now and then one that did not."""
        recorded = self._recorded.get(name)
        if not found and recorded is not None and timedelta() <= now - recorded < every:
            return
        self._recorded[name] = now
        try:
            with self._database.writing() as db:
                record_run(db, name, found, now)
        except IntegrityError:
            pass  # another worker's first note of it came first

    def _count(self, chore: Callable[..., int], now: datetime, *more: object) -> int:
        """Return what a chore did; only an outage of the database stops the round."""
        try:
            return chore(self._database, now, *more)
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
