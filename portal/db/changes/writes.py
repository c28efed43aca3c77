"""Notes what of the content a transaction has changed, by the statements it sends."""

import re
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, Engine, bindparam, event, text

from portal.core.availability import band
from portal.db.changes.tables import PARENTS, PLACES_COLUMNS, TABLES, UNSHOWN, places_of

_TOUCHED: Final = "touched"
# Not the name of a scope: a change of everything.
_EVERYTHING: Final = "*"
# More would only make others read much to drop much.
_MAX_SCOPES: Final = 50
# Begins what changes no row; whatever is not known to do so counts as a change.
_HARMLESS: Final = re.compile(
    r"\s*(?:SELECT|SAVEPOINT|RELEASE|ROLLBACK|PRAGMA|SET|SHOW|LOCK)\b", re.IGNORECASE
)
_TABLE: Final = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
# Whose rows go without taking others along.
_ALONE: Final = TABLES - PARENTS
# As SQLAlchemy writes it when a sign-up is flushed, for either driver.
_VALUE: Final = r"(?:\?|%\(\w+\)s(?:::\w+)?)"
_COLUMN: Final = rf"(?:{'|'.join(sorted(PLACES_COLUMNS))})={_VALUE}"
_PLACES_ALONE: Final = re.compile(
    rf"UPDATE events SET {_COLUMN}(?:, {_COLUMN})* WHERE events\.id = {_VALUE}"  # noqa: S608 - a pattern
)

# The row of portal.db.changes.revision is raised last of all, since other writers wait for it.
_RAISE: Final = text("UPDATE content_revision SET number = number + 1 WHERE id = 1")
_RAISE_TO: Final = text(
    "UPDATE content_revision SET number = number + 1 WHERE id = 1 RETURNING number"
)
_TELL: Final = text("INSERT INTO content_changes (number, scopes) VALUES (:number, :scopes)")
_FORGET: Final = text("DELETE FROM content_changes WHERE number <= :number")
# So many changes are told; a process further behind takes everything for changed.
KEPT: Final = 1_000
_FORGOTTEN_AT_ONCE: Final = 100
_PLACES: Final = text("SELECT id, capacity, taken FROM events WHERE id IN :ids").bindparams(
    bindparam("ids", expanding=True)
)


def watch(engine: Engine) -> None:
    """Begins to note what the engine's transactions change."""

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.info[_TOUCHED] = set()

    @event.listens_for(engine, "after_cursor_execute")
    def _after(
        connection: Connection,
        cursor: Any,
        statement: str,
        parameters: Any,
        _context: object,
        executemany: bool,  # noqa: FBT001 - SQLAlchemy's signature
    ) -> None:
        if _HARMLESS.match(statement):
            return
        found = _TABLE.match(statement)
        if found and found[2] in UNSHOWN:
            return
        # Zero rows are no change; who returns rows says how many only when they have been read.
        if found and cursor.rowcount == 0 and cursor.description is None:
            return
        touched: set[str | int] = connection.info.setdefault(_TOUCHED, set())
        if found is None or ";" in statement:
            touched.add(_EVERYTHING)
        elif found[2] in (_ALONE if found[1].upper() == "DELETE FROM" else TABLES):
            touched.add(found[2])
        elif _PLACES_ALONE.fullmatch(statement):
            touched.update(map(_event_id, parameters if executemany else [parameters]))
        else:
            touched.add(_EVERYTHING)


def _event_id(parameters: Any) -> int:
    """Of the event whose places are written: the last value, or the one of that name."""
    value = parameters["events_id"] if isinstance(parameters, dict) else parameters[-1]
    return int(value)


def tell(db: Connection) -> None:
    """Raises the content's revision if the transaction has changed what counts, and says what.

    A number that nothing is told of stands for a change of everything.
    """
    touched: set[str | int] = db.info.get(_TOUCHED) or set()
    if not touched:
        return
    if _EVERYTHING in touched or len(touched) > _MAX_SCOPES:
        db.execute(_RAISE)
        return
    told = " ".join(_told(db, touched))
    number = db.execute(_RAISE_TO).scalar_one()
    db.execute(_TELL, {"number": number, "scopes": told})
    if number % _FORGOTTEN_AT_ONCE == 0:
        db.execute(_FORGET, {"number": number - KEPT})


def _told(db: Connection, touched: set[str | int]) -> Iterator[str]:
    """The scopes; behind that of an event's places what pages show of them from now on."""
    yield from sorted(each for each in touched if isinstance(each, str))
    ids = sorted(each for each in touched if isinstance(each, int))
    found = db.execute(_PLACES, {"ids": ids}).all() if ids else []
    shown = {event_id: f"={band(capacity, taken)}" for event_id, capacity, taken in found}
    for event_id in ids:
        yield places_of(event_id) + shown.get(event_id, "")
