"""Raises the content's revision in transactions that change what a public page may show."""

import re
from typing import Any, Final

from sqlalchemy import Connection, Engine, MetaData, event, text
from sqlalchemy.orm import Session

# Set in a connection's info once its transaction has changed public content.
_IS_CHANGED: Final = "is_public_content_changed"
# Begins statements that change no row; whatever is not known to be harmless counts as a change.
_HARMLESS: Final = re.compile(
    r"\s*(?:SELECT|SAVEPOINT|RELEASE|ROLLBACK|PRAGMA|SET|SHOW|LOCK)\b", re.IGNORECASE
)
_WRITES_TABLE: Final = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
_RAISE: Final = text("UPDATE content_revision SET number = number + 1 WHERE id = 1")


def watch(engine: Engine, metadata: MetaData) -> None:
    """Record which transactions write public tables, those without portal.db.columns.PRIVATE."""

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.info[_IS_CHANGED] = False

    @event.listens_for(engine, "after_cursor_execute")
    def _after(
        connection: Connection,
        cursor: Any,
        statement: str,
        _parameters: object,
        _context: object,
        _executemany: bool,  # noqa: FBT001 - SQLAlchemy's signature
    ) -> None:
        if connection.info.get(_IS_CHANGED) or _HARMLESS.match(statement):
            return
        written = _WRITES_TABLE.match(statement)
        if written and ";" not in statement:
            table = metadata.tables.get(written[1])
            if table is not None and table.info.get("is_private"):
                return
            # Zero rows are no change; a statement that returns rows knows their number only later.
            if cursor.rowcount == 0 and cursor.description is None:
                return
        connection.info[_IS_CHANGED] = True


def change_public_content(db: Session) -> None:
    """Raise the revision with this transaction, though it writes private tables only."""
    db.connection().info[_IS_CHANGED] = True


def raise_if_changed(connection: Connection) -> None:
    """Raise the revision if public content changed; last, since PostgreSQL locks its row."""
    if connection.info.get(_IS_CHANGED):
        connection.execute(_RAISE)
