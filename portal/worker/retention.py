"""Forgets what has been kept long enough, by the table of portal.domain.privacy.retention_rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from portal.db.engine import Database
from portal.domain.accounts.identities import actions as identities
from portal.domain.accounts.people.actions import forget_sessions
from portal.domain.emails.actions import delete_old_notifications
from portal.domain.moderation.actions import forget_reports
from portal.domain.organizations.actions import forget_invitations
from portal.domain.organizations.contact import forget_messages
from portal.domain.privacy.retention_rules import RetentionSubject
from portal.domain.publishing.translation_progress import actions as translation_progress
from portal.domain.registrations.exports import forget_takings
from portal.domain.registrations.reminders import BATCH, forget_participants
from portal.worker.jobs import erase_accounts

Chore = Callable[[Database, datetime], int]


def forget_sign_ups(database: Database, now: datetime) -> int:
    """Takes names and addresses off what is long over, some at a time; returns off how much."""
    total, forgotten = 0, BATCH
    while forgotten >= BATCH:
        with database.writing() as db:
            forgotten = forget_participants(db, now)
        total += forgotten
    return total


def _at_once(forget: Callable[[Session, datetime], int]) -> Chore:
    def chore(database: Database, now: datetime) -> int:
        with database.writing() as db:
            return forget(db, now)

    chore.__name__ = f"{forget.__module__}.{forget.__name__}"
    return chore


# Files of pictures are deleted by the worker itself, which has the storage.
CHORES: Final[dict[RetentionSubject, Chore]] = {
    RetentionSubject.SIGN_UPS: forget_sign_ups,
    RetentionSubject.SIGN_IN_LINKS: _at_once(identities.forget_links),
    RetentionSubject.SESSIONS: _at_once(forget_sessions),
    RetentionSubject.NOTICES: _at_once(delete_old_notifications),
    RetentionSubject.MESSAGE_COUNTS: _at_once(forget_messages),
    RetentionSubject.INVITATIONS: _at_once(forget_invitations),
    RetentionSubject.TRANSLATION_LINKS: _at_once(translation_progress.forget_links),
    RetentionSubject.REPORTS: _at_once(forget_reports),
    RetentionSubject.TAKEN_LISTS: _at_once(forget_takings),
    RetentionSubject.ACCOUNTS: erase_accounts,
}
