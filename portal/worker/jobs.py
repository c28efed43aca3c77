"""What falls due by itself: emails, held places, stories, feedback, forgetting, and more."""

import asyncio
import logging
from datetime import datetime
from typing import Final

from portal.db.engine import BUSY_MILLISECONDS, Database
from portal.domain.accounts.people.models import Person
from portal.domain.feedback.actions import boxes, empty_box
from portal.domain.initiatives import follower_updates
from portal.domain.moderation.organization_admin import record_check
from portal.domain.organizations.verified_badge import begin_look, due_looks
from portal.domain.privacy import queries as privacy
from portal.domain.privacy.actions import erase, notify_idle_person
from portal.domain.privacy.rules import OwnershipTransferNeededError
from portal.domain.registrations.actions import release_run_out
from portal.domain.registrations.queries import run_out
from portal.domain.registrations.reminders import BATCH, queue_due
from portal.domain.results import actions as results
from portal.domain.results.queries import unasked
from portal.domain.stories.queries import due as due_stories
from portal.domain.stories.workflow import publish_due
from portal.net.domain_proof import Look, look_for
from portal.net.safe_http import SafeClient

logger = logging.getLogger("portal.mail")
# How long clearing SQLite's log may make writers wait.
CLEARING_MILLISECONDS: Final = 1_000


def queue_emails(database: Database, now: datetime) -> int:
    """Queue reminders and invitations to answer; return how many."""
    total, owed = 0, BATCH
    while owed >= BATCH:
        with database.writing() as db:
            owed = queue_due(db, now)
        total += owed
    return total


def release_places(database: Database, now: datetime) -> int:
    """Give up held places whose time is over; return how many."""
    with database.reading() as db:
        events = {registration.event_id for registration in run_out(db, now)}
    released = 0
    for event_id in sorted(events):
        with database.writing() as db:
            released += release_run_out(db, event_id, now)
    return released


def publish_stories(database: Database, now: datetime) -> int:
    """Show scheduled stories whose hour has come, each once; return how many."""
    with database.reading() as db:
        due = due_stories(db, now)
    published = 0
    for story_id in due:
        with database.writing() as db:
            published += publish_due(db, story_id, now)
    return published


def pour_boxes(database: Database, now: datetime) -> int:
    """Mix new feedback into the answers where the rules allow; return for how many events."""
    with database.reading() as db:
        events = boxes(db)
    poured = 0
    for event_id in events:
        with database.writing() as db:
            poured += empty_box(db, event_id, now)
    return poured


def notify_followers(database: Database, now: datetime) -> int:
    """Tell followers of initiatives what has come of them; return how many."""
    with database.reading() as db:
        if not follower_updates.is_owed(db):
            return 0
    total = 0
    while True:
        with database.writing() as db:
            notified = follower_updates.notify_followers(db, now)
        if notified is None:
            return total
        total += notified


def notify_idle_people(database: Database, now: datetime) -> int:
    """Write to whoever was not seen for long; return to how many."""
    with database.writing() as db:
        idle = privacy.idle(db, now)
        for person in idle:
            notify_idle_person(db, person, now)
        return len(idle)


def request_results(database: Database, now: datetime) -> int:
    """Ask organisers what came of their events; returns of how many."""
    with database.reading() as db:
        if not unasked(db, now):
            return 0
    with database.writing() as db:
        untold = unasked(db, now)
        for event in untold:
            results.request_result(db, event, now)
        return len(untold)


def erase_accounts(database: Database, now: datetime) -> int:
    """Erase closed accounts and those silent for too long; return how many."""
    with database.reading() as db:
        due = privacy.due(db, now)
    return sum(_erase(database, person_id, now) for person_id in due)


def _erase(database: Database, person_id: int, now: datetime) -> bool:
    try:
        with database.writing() as db:
            person = db.get(Person, person_id, with_for_update=True)
            if person is None or not privacy.is_due(db, person, now):
                return False  # back again, or gone by another worker
            erase(db, person, now)
    except OwnershipTransferNeededError:
        return False  # an idle owner without whom nobody could manage the organisation
    return True


def look_at_domains(database: Database, now: datetime, outside: SafeClient) -> int:
    """Check outside transactions whether proved domains still carry their proof; count them."""
    with database.reading() as db:
        due = due_looks(db, now)
    return sum(_look(database, organization_id, now, outside) for organization_id in due)


def _look(database: Database, organization_id: int, now: datetime, outside: SafeClient) -> bool:
    with database.writing() as db:
        proof = begin_look(db, organization_id, now)
    if proof is None:
        return False  # another worker was faster
    look = asyncio.run(look_for(outside, *proof))
    if look is Look.UNSEEN:
        fields = {"organization": organization_id, "domain": proof.domain}
        logger.warning("a domain cannot be looked at; tomorrow again", extra={"fields": fields})
    with database.writing() as db:
        record_check(db, organization_id, proof, look, now)
    return True


def clear_log(database: Database) -> bool:
    """Move deletions out of SQLite's write-ahead log; False, soon, if a reader was in the way."""
    if not database.is_sqlite:
        return True
    # Not by a session: a checkpoint cannot be made inside a transaction.
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={CLEARING_MILLISECONDS}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        answer = cursor.fetchone()  # is busy, pages in the log, pages moved
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    finally:
        connection.close()
    return answer is not None and not answer[0]
