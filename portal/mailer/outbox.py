"""Delivers due letters: leased, composed, sent and settled, each in a transaction of its own."""

from __future__ import annotations

import logging
import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import InterfaceError, OperationalError

from portal.domain.letters.actions import LEASE, mark_dropped, mark_failed, mark_sent, take
from portal.domain.letters.models import Letter, State
from portal.mailer.compose import compose
from portal.mailer.delivery import NotDeliveredError, Postman

if TYPE_CHECKING:
    import threading
    from datetime import datetime
    from email.message import EmailMessage

    from portal.database import Database
    from portal.settings import Settings
    from portal.web.links import Links

logger = logging.getLogger("portal.mailer")

# Letters leased at once: few, so that a slow server does not outlast their leases.
AT_ONCE: Final = 20
# No letter is sent later than this after it was leased; another worker may have it soon.
SENDING_LASTS: Final = LEASE / 2
# Then other chores have their turn.
LONGEST_DELIVERY: Final = timedelta(seconds=60)
# The database is away, which is no fault of a letter.
OUTAGES: Final = (OperationalError, InterfaceError)


@dataclass
class Delivery:
    """What became of the letters, in numbers."""

    sent: int = 0
    dropped: int = 0
    failed: int = 0

    def as_dict(self) -> dict[str, int]:
        """The numbers by their names."""
        return asdict(self)


class _Elapsed:
    """The instant something began, moving on with real time."""

    def __init__(self, now: datetime) -> None:
        self._began, self._started = now, time.monotonic()

    @property
    def now(self) -> datetime:
        return self._began + timedelta(seconds=time.monotonic() - self._started)


class Outbox:
    """The letters that are due, and the way out for them."""

    def __init__(self, database: Database, links: Links, settings: Settings) -> None:
        self._database, self._links, self._settings = database, links, settings
        self._has_said_why_letters_wait = False

    def deliver(self, now: datetime, stop: threading.Event) -> Delivery:
        """Sends what is due, batch after batch, until nothing is, or the server is away."""
        done = Delivery()
        if not self._settings.smtp_url:
            self._say_why_letters_wait()
            return done
        elapsed, is_away = _Elapsed(now), False
        with Postman(self._settings) as postman:
            while not (is_away or stop.is_set() or elapsed.now - now > LONGEST_DELIVERY):
                leased = self._lease(elapsed.now)
                if not leased:
                    break
                is_away = self._send_all(leased, postman, elapsed, done)
        return done

    def _say_why_letters_wait(self) -> None:
        if not self._has_said_why_letters_wait:
            self._has_said_why_letters_wait = True
            logger.warning("letters wait: PORTAL_SMTP_URL is not set")

    def _lease(self, now: datetime) -> dict[int, datetime]:
        """Letters that are ours until the instant beside their id."""
        with self._database.writing() as db:
            return {
                letter.id: letter.leased_until
                for letter in take(db, now, AT_ONCE)
                if letter.leased_until is not None
            }

    def _send_all(
        self, leased: dict[int, datetime], postman: Postman, elapsed: _Elapsed, done: Delivery
    ) -> bool:
        """Settles each letter; once the server is away, the rest wait as long as the first.

        Returns whether it is.
        """
        away: NotDeliveredError | None = None
        for letter_id, until in leased.items():
            now = elapsed.now
            if until - now < LEASE - SENDING_LASTS:
                break
            if away is not None:
                self._fail(letter_id, away, now, done)
                continue
            try:
                message = self._composed(letter_id, until, now, done)
                if message is None:
                    continue
                postman.send(message)
            except NotDeliveredError as failure:
                away = failure if failure.is_away else None
                self._fail(letter_id, failure, elapsed.now, done)
            except OUTAGES:
                raise
            except Exception as error:  # noqa: BLE001 - one broken letter must not stop the others
                warn("letter not composed", error, letter=letter_id)
                self._fail(letter_id, NotDeliveredError("not composed"), elapsed.now, done)
            else:
                with self._database.writing() as db:
                    mark_sent(db, letter_id, elapsed.now)
                done.sent += 1
        return away is not None

    def _composed(
        self, letter_id: int, until: datetime, now: datetime, done: Delivery
    ) -> EmailMessage | None:
        """The message, or None if there is nothing to send: dropped, gone, or another worker's."""
        with self._database.writing() as db:
            letter = db.get(Letter, letter_id)
            if letter is None or letter.state != State.QUEUED or letter.leased_until != until:
                return None
            message = compose(db, letter, self._links, self._settings, now)
            if message is None:
                mark_dropped(db, letter_id)
                done.dropped += 1
            return message

    def _fail(
        self, letter_id: int, failure: NotDeliveredError, now: datetime, done: Delivery
    ) -> None:
        done.failed += 1
        with self._database.writing() as db:
            if db.get(Letter, letter_id) is not None:
                mark_failed(db, letter_id, failure.label, now, final=failure.is_final)


def warn(message: str, error: Exception, **fields: object) -> None:
    """A line in the log about a fault: its kind and frames, without its text."""
    logger.warning(message, exc_info=error, extra={"fields": fields})
