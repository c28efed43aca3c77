"""Forgets what has been kept long enough, by the table of portal.domain.privacy.retention_rules."""

import re
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
from portal.domain.publishing.images.actions import forget_removed
from portal.domain.publishing.images.queries import known_keys, removed_keys
from portal.domain.publishing.images.rules import FORGOTTEN_AFTER
from portal.domain.publishing.translation_progress import actions as translation_progress
from portal.domain.registrations.exports import forget_takings
from portal.domain.registrations.reminders import BATCH, forget_participants
from portal.media.storage import Storage
from portal.worker.jobs import erase_accounts

Chore = Callable[[Database, datetime], int]


def forget_sign_ups(database: Database, now: datetime) -> int:
    """Take names and address off what is long over, some at a time; return off how much."""
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
    RetentionSubject.NOTIFICATIONS: _at_once(delete_old_notifications),
    RetentionSubject.MESSAGE_COUNTS: _at_once(forget_messages),
    RetentionSubject.INVITATIONS: _at_once(forget_invitations),
    RetentionSubject.TRANSLATION_LINKS: _at_once(translation_progress.forget_links),
    RetentionSubject.REPORTS: _at_once(forget_reports),
    RetentionSubject.PARTICIPANT_EXPORTS: _at_once(forget_takings),
    RetentionSubject.ACCOUNTS: erase_accounts,
}


# Whatever else stands in the same bucket is not ours to sweep.
_OURS: Final = re.compile(r"([\w-]{22})/\d+\.(?:webp|jpg)", re.ASCII)


def delete_removed(database: Database, storage: Storage) -> int:
    """Delete the files of images that were removed; returns of how many."""
    with database.reading() as db:
        keys = removed_keys(db)
    for key in keys:
        for names in storage.names(key):
            storage.forget(names)
    if keys:
        with database.writing() as db:
            forget_removed(db, keys)
    return len(keys)


def sweep(database: Database, storage: Storage, now: datetime) -> int:
    """Delete old files of broken-off uploads and return how many; it lists all files, so daily."""
    swept = 0
    for names in storage.names(before=now - FORGOTTEN_AFTER):
        ours = {name: found[1] for name in names if (found := _OURS.fullmatch(name))}
        with database.reading() as db:
            known = known_keys(db, set(ours.values()))
        left = [name for name, key in ours.items() if key not in known]
        storage.forget(left)
        swept += len(left)
    return swept
