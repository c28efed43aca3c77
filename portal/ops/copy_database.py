"""Copies everything from one database into another, of whichever kind."""

from collections.abc import Callable, Iterable, Iterator

from sqlalchemy import Connection, text

from portal.db import schema
from portal.db.changes.revision import raise_revision
from portal.db.engine import Database
from portal.ops import table_rows
from portal.ops.backfill import catch_up
from portal.ops.table_rows import Counted, Row

RowsOf = Callable[[str], Iterable[list[Row]]]


class CannotCopyError(Exception):
    """What is there, or is to come, forbids copying; the text says why."""


def move(source: Database, target: Database) -> dict[str, Counted]:
    """Copy a snapshot into an empty database; after CannotCopyError that is only migrated."""
    if (version := schema.stored_version(source)) is None:
        raise CannotCopyError("there is nothing to move: the source is not a portal's database")
    make_ready(target, version)
    with source.snapshot() as db:
        connection = db.connection()
        given = {table.name: table for table in table_rows.tables_of(connection)}
        counted = table_rows.counted(connection, given.values())

        def rows(name: str) -> Iterator[list[Row]]:
            return table_rows.rows_of(connection, given[name])

        fill(target, counted, rows)
    finish(target)
    return counted


def finish(target: Database) -> None:
    """Bring what was copied to the newest version, and make the index of the search."""
    schema.migrate(target)
    raise_revision(target)
    catch_up(target)


def make_ready(target: Database, version: str) -> None:
    """Give an empty database its tables; raise UnsupportedSchemaError or CannotCopyError."""
    schema.check_known(version)
    stored = schema.stored_version(target)
    if stored not in {None, version}:
        raise CannotCopyError("the target has tables of another version: take an empty database")
    with target.snapshot() as db:
        connection = db.connection()
        there = table_rows.tables_of(connection)
        if stored is None and there:
            raise CannotCopyError("the target has tables that are not a portal's")
        if full := table_rows.filled(connection, there):
            raise CannotCopyError(f"the target is not empty: it has {', '.join(full)}")
    schema.migrate(target, version)


def fill(target: Database, expected: dict[str, Counted], rows: RowsOf) -> None:
    """Write all tables, count and hash what was written, and only then keep it."""
    with target.writing(counts=False) as db:
        connection: Connection = db.connection()
        table_rows.prepare(connection)
        there = table_rows.tables_of(connection)
        if missing := expected.keys() ^ {table.name for table in there}:
            raise CannotCopyError(f"tables differ: {', '.join(sorted(missing))}")
        # Asked again, now that nobody else can write.
        if full := table_rows.filled(connection, there):
            raise CannotCopyError(f"the target is not empty: it has {', '.join(full)}")
        for table in there:
            for some in rows(table.name):
                table_rows.put(connection, table, some)
        table_rows.renew_sequences(connection, there)
        written = table_rows.counted(connection, there)
        if wrong := [name for name, each in expected.items() if written[name] != each]:
            raise CannotCopyError(f"not written as they were read: {', '.join(sorted(wrong))}")
        if not target.is_sqlite:
            # PostgreSQL guesses until it looks by itself, which may be minutes. SQLite is told
            # nothing: its questions are written for what it chooses without.
            connection.execute(text("ANALYZE"))
