"""The public log, whose every line holds the hash of the line before it.

Whoever alters, removes, adds or moves a line breaks the chain from there on. Whoever can write the
database could forge the whole of it anew; that is seen by anybody who has kept an older hash,
which is why the page of the log shows the last one.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.domain.moderation.models import Act, Item, LogEntry, LogHead, Reason

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

BEGINNING: Final = "0" * 64
_BATCH: Final = 500


class Fault(NamedTuple):
    """The first line where the chain breaks."""

    number: int
    what: str


def hash_of(entry: LogEntry) -> str:
    """SHA-256 over the hash before and the line as canonical JSON."""
    line = {
        "number": entry.number,
        "day": entry.day.isoformat(),
        "act": entry.act,
        "reason": entry.reason,
        "item": entry.item,
    }
    text = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256((entry.previous + text).encode()).hexdigest()


def append(db: Session, act: Act, item: Item, reason: Reason | str, now: datetime) -> LogEntry:
    """Writes a line in the transaction of the act itself; others wait for the end of it."""
    head = _held_head(db)
    entry = LogEntry(
        number=head.number + 1,
        day=now.astimezone(UTC).date(),
        act=act.value,
        reason=str(reason),
        item=item.value,
        previous=head.hash,
    )
    entry.hash = hash_of(entry)
    db.add(entry)
    head.number, head.hash = entry.number, entry.hash
    db.flush()
    return entry


def _held_head(db: Session) -> LogHead:
    """The end of the log, ours until the transaction ends."""
    held = select(LogHead).with_for_update().execution_options(populate_existing=True)
    while (head := db.scalars(held).one_or_none()) is None:
        try:
            with db.begin_nested():
                db.add(LogHead(id=1, number=0, hash=BEGINNING))
        except IntegrityError:
            continue  # another one began the log just now
    return head


def first_fault(db: Session) -> Fault | None:
    """Walks the whole log; None if it is whole."""
    number, last = 0, BEGINNING
    seen: int | None = None
    while entries := _after(db, seen):
        for entry in entries:
            if entry.number != number + 1:
                return Fault(number + 1, "missing")
            if entry.previous != last:
                return Fault(entry.number, "does not follow the one before it")
            if entry.hash != hash_of(entry):
                return Fault(entry.number, "altered or moved")
            number = seen = entry.number
            last = entry.hash
        db.expunge_all()
    head = db.get(LogHead, 1)
    known, known_hash = (head.number, head.hash) if head else (0, BEGINNING)
    if known > number:
        return Fault(number + 1, "missing")
    if known < number:
        return Fault(known + 1, "added")
    return None if known_hash == last else Fault(number, "altered or moved")


def _after(db: Session, number: int | None) -> list[LogEntry]:
    statement = select(LogEntry).order_by(LogEntry.number).limit(_BATCH)
    if number is not None:
        statement = statement.where(LogEntry.number > number)
    return list(db.scalars(statement))


def latest(db: Session, before: int | None, most: int) -> list[LogEntry]:
    """Lines from the end backwards."""
    statement = select(LogEntry).order_by(LogEntry.number.desc()).limit(most)
    if before is not None:
        statement = statement.where(LogEntry.number < before)
    return list(db.scalars(statement))
