"""The public log, whose every line holds the hash of the line before it.

Whoever alters, removes, adds or moves a line breaks the chain from there on. Whoever can write the
database could forge the whole of it anew; that is seen by anybody who has kept an older hash,
which is why the page of the log shows the last one.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, LargeBinary, Select, String, cast, select, type_coerce
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.db.rows import names_of
from portal.domain.moderation.models import Act, LogEntry, LogHead, Reason, TargetKind

BEGINNING: Final = "0" * 64
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """The first line where the chain breaks."""

    number: int
    what: str


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A line as it lies in the database: text, whatever somebody has put there."""

    number: int
    day: str
    act: str
    reason: str
    item: str
    previous: str
    hash: str


def _line_from(row: Any) -> AuditLine:
    texts = {name: _text(getattr(row, name)) for name in names_of(AuditLine) if name != "number"}
    return AuditLine(number=row.number, **texts)


def hash_of(line: AuditLine) -> str:
    """SHA-256 over the hash before and the line as canonical JSON."""
    signed = {
        "number": line.number,
        "day": line.day,
        "act": line.act,
        "reason": line.reason,
        "item": line.item,
    }
    text = json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256((line.previous + text).encode()).hexdigest()


def line_of(entry: LogEntry) -> AuditLine:
    """Return a line that has just been written or can be read."""
    day = entry.day.isoformat()
    return AuditLine(
        number=entry.number,
        day=day,
        act=entry.act,
        reason=entry.reason,
        item=entry.item,
        previous=entry.previous,
        hash=entry.hash,
    )


def append(
    db: Session, act: Act, item: TargetKind, reason: Reason | str, now: datetime
) -> LogEntry:
    """Write a line in the transaction of the act itself; others wait for the end of it."""
    head = _locked_head(db)
    entry = LogEntry(
        number=head.number + 1,
        day=now.astimezone(UTC).date(),
        act=act.value,
        reason=str(reason),
        item=item.value,
        previous=head.hash,
        hash="",
    )
    entry.hash = hash_of(line_of(entry))
    db.add(entry)
    head.number, head.hash = entry.number, entry.hash
    db.flush()
    return entry


def _locked_head(db: Session) -> LogHead:
    """Return the end of the log, ours until the transaction ends."""
    head_row = select(LogHead).with_for_update().execution_options(populate_existing=True)
    while (head := db.scalars(head_row).one_or_none()) is None:
        try:
            with db.begin_nested():
                db.add(LogHead(id=1, number=0, hash=BEGINNING))
        except IntegrityError:
            continue  # another one began the log just now
    return head


def first_fault(db: Session) -> Fault | None:
    """Walk the whole log; None if it is whole. What cannot even be read has been altered."""
    number, last = 0, BEGINNING
    seen: int | None = None
    while lines := _after(db, seen):
        for line in lines:
            if line.number != number + 1:
                return Fault(number + 1, "missing")
            if line.previous != last:
                return Fault(line.number, "does not follow the one before it")
            if line.hash != hash_of(line):
                return Fault(line.number, "altered or moved")
            number = seen = line.number
            last = line.hash
    return _fault_of_end(db, number, last)


def _fault_of_end(db: Session, number: int, last: str) -> Fault | None:
    """Return whether the log ends where its head says, after a walk that came to `number`."""
    head = db.execute(select(_raw(db, LogHead.number), _raw(db, LogHead.hash))).one_or_none()
    known, known_hash = map(_text, head) if head else ("0", BEGINNING)
    if known.isdecimal() and int(known) > number:
        return Fault(number + 1, "missing")
    if known.isdecimal() and int(known) < number:
        return Fault(int(known) + 1, "added")
    if not known.isdecimal() or known_hash != last:
        return Fault(number, "altered or moved")
    return None


def _after(db: Session, number: int | None) -> Sequence[AuditLine]:
    statement = _lines(db).order_by(LogEntry.number).limit(_BATCH)
    if number is not None:
        statement = statement.where(LogEntry.number > number)
    return _read(db, statement)


def _lines(db: Session) -> Select[Any]:
    parts = (LogEntry.day, LogEntry.act, LogEntry.reason, LogEntry.item)
    columns = [
        _raw(db, column).label(column.key) for column in (*parts, LogEntry.previous, LogEntry.hash)
    ]
    return select(LogEntry.number, *columns)


def _read(db: Session, statement: Select[Any]) -> list[AuditLine]:
    return [_line_from(row) for row in db.execute(statement)]


def _raw(db: Session, column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """Return a column as it is kept: SQLite takes anything anywhere, PostgreSQL only what fits."""
    if db.get_bind().dialect.name == "sqlite":
        return cast(column, LargeBinary)
    return type_coerce(column, String)


def _text(stored: object) -> str:
    return stored.decode(errors="replace") if isinstance(stored, bytes) else str(stored)


def latest(db: Session, before: int | None, limit: int) -> list[AuditLine]:
    """Lines from the end backwards, as they lie there: whoever reads the log sees altered ones."""
    statement = _lines(db).order_by(LogEntry.number.desc()).limit(limit)
    if before is not None:
        statement = statement.where(LogEntry.number < before)
    return _read(db, statement)


def is_intact(line: AuditLine, older: AuditLine | None) -> bool:
    """Return whether a line is as it was written, and follows the one before (None at first)."""
    number, last = (older.number, older.hash) if older else (0, BEGINNING)
    return (line.number, line.previous, line.hash) == (number + 1, last, hash_of(line))
