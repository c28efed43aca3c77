"""Deletes the files of pictures that nobody has any more."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from portal.db.engine import Database
from portal.domain.publishing.images.actions import forget_removed
from portal.domain.publishing.images.queries import known_keys, removed_keys
from portal.domain.publishing.images.rules import FORGOTTEN_AFTER
from portal.media.storage import Storage

# Whatever else stands in the same bucket is not ours to sweep.
_OURS: Final = re.compile(r"([\w-]{22})/\d+\.(?:webp|jpg)", re.ASCII)


def delete_removed(database: Database, storage: Storage) -> int:
    """Deletes the files of images that were removed; returns of how many."""
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
    """Deletes old files that belong to no image, left where an upload broke off.

    Returns how many. Reads the names of all files there are, so once a day is enough.
    """
    swept = 0
    for names in storage.names(before=now - FORGOTTEN_AFTER):
        ours = {name: found[1] for name in names if (found := _OURS.fullmatch(name))}
        with database.reading() as db:
            known = known_keys(db, set(ours.values()))
        left = [name for name, key in ours.items() if key not in known]
        storage.forget(left)
        swept += len(left)
    return swept
