"""Delivers due emails: leased, composed, sent and settled, each in a transaction of its own."""

import logging
import threading
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from portal.config.settings import Settings
from portal.core.urls import Links
from portal.db.engine import Database
from portal.db.outages import OUTAGES
from portal.domain.emails.actions import (
    LEASE,
    lease_notifications,
    mark_dropped,
    mark_failed,
    mark_sent,
    release,
    take,
)
from portal.domain.emails.models import Email, Notification, Outgoing, State
from portal.mail.delivery import NotDeliveredError, Postman
from portal.mail.event_emails import compose
from portal.mail.notifications import compose_notification
from portal.observability.tracing import Tracing, span_of

logger = logging.getLogger("portal.mail")

# Emails leased at once: few, so that a slow server does not outlast their leases.
AT_ONCE: Final = 20
# No email is sent later than this after it was leased; another worker may have it soon.
SENDING_LASTS: Final = LEASE / 2
# Then other chores have their turn.
LONGEST_DELIVERY: Final = timedelta(seconds=60)


@dataclass
class Delivery:
    """What became of the emails, in numbers."""

    sent: int = 0
    dropped: int = 0
    failed: int = 0

    def as_dict(self) -> dict[str, int]:
        """Return the numbers by their names."""
        return asdict(self)


class _Lease(NamedTuple):
    """An email or notification that is ours until an instant."""

    model: type[Outgoing]
    id: int
    until: datetime
    kind: str

    def of(self, db: Session) -> Outgoing | None:
        """Return the row, if it is still there and still to be sent by us."""
        row: Outgoing | None = db.get(self.model, self.id)
        if row is None or row.state != State.QUEUED or row.leased_until != self.until:
            return None
        return row


class _Elapsed:
    """The instant something began, moving on with real time."""

    def __init__(self, now: datetime) -> None:
        self._began, self._started = now, time.monotonic()

    @property
    def now(self) -> datetime:
        return self._began + timedelta(seconds=time.monotonic() - self._started)


class Outbox:
    """The emails that are due, and the way out for them."""

    def __init__(
        self,
        database: Database,
        links: Links,
        settings: Settings,
        tracing: Tracing | None = None,
    ) -> None:
        self._database, self._links, self._settings = database, links, settings
        self._tracing = tracing
        self._has_logged_waiting = False

    def deliver(self, now: datetime, stop: threading.Event) -> Delivery:
        """Send what is due, batch after batch, until nothing is, or the server is away."""
        done = Delivery()
        if not self._settings.smtp_url:
            self._log_why_emails_wait()
            return done
        elapsed, is_away = _Elapsed(now), False
        with Postman(self._settings) as postman:
            while not (is_away or stop.is_set() or elapsed.now - now > LONGEST_DELIVERY):
                leased = self._lease(elapsed.now)
                if not leased:
                    break
                is_away = self._send_all(leased, postman, elapsed, done, stop)
                if stop.is_set():
                    self._release(leased)
        return done

    def _log_why_emails_wait(self) -> None:
        if not self._has_logged_waiting:
            self._has_logged_waiting = True
            logger.warning("letters wait: PORTAL_SMTP_URL is not set")

    def _lease(self, now: datetime) -> list[_Lease]:
        """Lease what is to send; notifications first, since most are waited for at the screen."""
        with self._database.writing() as db:
            return [
                _Lease(type(row), row.id, row.leased_until, _kind_of(row))
                for row in (*lease_notifications(db, now, AT_ONCE), *take(db, now, AT_ONCE))
                if row.leased_until is not None
            ]

    def _send_all(
        self,
        leases: list[_Lease],
        postman: Postman,
        elapsed: _Elapsed,
        done: Delivery,
        stop: threading.Event,
    ) -> bool:
        """Settle each email until stopped, and return whether the server is away, when all wait."""
        away: NotDeliveredError | None = None
        for lease in leases:
            now = elapsed.now
            if stop.is_set() or lease.until - now < LEASE - SENDING_LASTS:
                break
            if away is not None:
                self._fail(lease, away, now, done)
                continue
            try:
                with span_of(self._tracing, f"letter {lease.kind}", "PRODUCER"):
                    message = self._composed(lease, now, done)
                    if message is None:
                        continue
                    postman.send(message)
            except NotDeliveredError as failure:
                away = failure if failure.is_away else None
                self._fail(lease, failure, elapsed.now, done)
            except OUTAGES:
                raise
            except Exception as error:  # noqa: BLE001 - one broken email must not stop the others
                warn("letter not composed", error, letter=lease.id, table=lease.model.__tablename__)
                self._fail(lease, NotDeliveredError("not composed"), elapsed.now, done)
            else:
                with self._database.writing() as db:
                    if (row := db.get(lease.model, lease.id)) is not None:
                        mark_sent(row, elapsed.now)
                done.sent += 1
        return away is not None

    def _composed(self, lease: _Lease, now: datetime, done: Delivery) -> EmailMessage | None:
        """Return the message, or None if it was dropped, is gone, or is another worker's."""
        with self._database.writing() as db:
            row = lease.of(db)
            if row is None:
                return None
            message = None
            if isinstance(row, Notification):
                message = compose_notification(db, row, self._links, self._settings, now)
            elif isinstance(row, Email):
                message = compose(db, row, self._links, self._settings, now)
            if message is None:
                mark_dropped(row)
                done.dropped += 1
            return message

    def _release(self, leases: list[_Lease]) -> None:
        """Release what was not begun, so that another worker need not wait for it."""
        with self._database.writing() as db:
            for lease in leases:
                if (row := lease.of(db)) is not None:
                    release(row)

    def _fail(
        self, lease: _Lease, failure: NotDeliveredError, now: datetime, done: Delivery
    ) -> None:
        done.failed += 1
        with self._database.writing() as db:
            if (row := db.get(lease.model, lease.id)) is not None:
                mark_failed(row, failure.label, now, final=failure.is_final)


def _kind_of(row: Outgoing) -> str:
    return row.kind if isinstance(row, Email) else getattr(row, "about", "")


def warn(message: str, error: Exception, **fields: object) -> None:
    """Log a fault's kind and frames, without its text."""
    logger.warning(message, exc_info=error, extra={"fields": fields})
