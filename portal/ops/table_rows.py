"""Every table of a database as rows of plain values, alike on SQLite and PostgreSQL."""

# Tables as the database describes them, not the models: earlier versions can be copied too. A row
# is a list in column order; instants are ISO text in UTC without a zone, bytes base64, JSON text.

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from graphlib import TopologicalSorter
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    cast,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.types import TypeEngine

# Alembic's own, which says how new the schema is; migrating writes it.
VERSION_TABLE: Final = "alembic_version"
# The index that searching reads is each database's own, and is made anew from the texts; each
# counts its own changes; and migrating writes whose code it serves.
_OWN: Final = ("search_", "content_revision", "compatible_schemas")
BATCH: Final = 500

Row = list[Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows a table has, and the SHA-256 of their lines in the order of their keys."""

    rows: int
    sha256: str


def tables_of(connection: Connection) -> list[Table]:
    """Return tables, those pointed at first; rows that point into their own come by their keys."""
    seen = inspect(connection)
    names = sorted(
        name
        for name in seen.get_table_names()
        if name != VERSION_TABLE and not name.startswith(_OWN)
    )
    needs = {
        name: {each["referred_table"] for each in seen.get_foreign_keys(name)} - {name}
        for name in names
    }
    sorter = TopologicalSorter(needs)
    sorter.prepare()
    ordered: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        ordered += ready
        sorter.done(*ready)
    return [
        Table(
            name,
            MetaData(),
            *(
                Column(column["name"], _kind_of(column), primary_key=column["name"] in keys)
                for column in seen.get_columns(name)
            ),
        )
        for name in ordered
        if (keys := seen.get_pk_constraint(name)["constrained_columns"]) is not None
    ]


def _kind_of(column: ReflectedColumn) -> TypeEngine[Any]:
    """Return one of few types; whatever is not known by name is text."""
    kind = column["type"]
    if isinstance(kind, JSON):
        return JSON(none_as_null=True)
    if isinstance(kind, DateTime):
        return DateTime(timezone=kind.timezone)
    for known in (Boolean, Date, LargeBinary):
        if isinstance(kind, known):
            return known()
    if isinstance(kind, Integer):
        return kind
    if isinstance(kind, String):
        return Text()
    raise TypeError(f"no way to copy a column of type {kind!r}")


def rows_of(connection: Connection, table: Table) -> Iterator[list[Row]]:
    """Yield the table's rows in the order of their keys, some hundreds at a time."""
    asked: list[ColumnElement[Any]] = [
        cast(column, Text) if isinstance(column.type, JSON) else column for column in table.columns
    ]
    in_order = [
        # As bytes are ordered, whatever the database's own language is.
        key.collate("C") if isinstance(key.type, Text) and _is_postgres(connection) else key
        for key in table.primary_key
    ]
    found = connection.execute(
        select(*asked).order_by(*in_order), execution_options={"yield_per": BATCH}
    )
    for some in found.partitions(BATCH):
        yield [
            [_plain(value, column) for value, column in zip(row, table.columns, strict=True)]
            for row in some
        ]


def put(connection: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows as `rows_of` gave them."""
    names = [column.name for column in table.columns]
    values = [
        {
            name: _own(value, column)
            for name, value, column in zip(names, row, table.columns, strict=True)
        }
        for row in rows
    ]
    if values:
        connection.execute(insert(table), values)


def prepare(connection: Connection) -> None:
    """Let references be wrong until the transaction ends, where the database can."""
    if not _is_postgres(connection):
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))


def renew_sequences(connection: Connection, tables: Iterable[Table]) -> None:
    """Set PostgreSQL's counters behind rows that came with ids of their own."""
    if not _is_postgres(connection):
        return
    for table in tables:
        for key in table.primary_key:
            asked = select(func.pg_get_serial_sequence(table.name, key.name))
            if isinstance(key.type, Integer) and (counter := connection.scalar(asked)):
                highest = connection.scalar(select(func.max(key)))
                connection.execute(select(func.setval(counter, highest or 1, highest is not None)))


def filled(connection: Connection, tables: Iterable[Table]) -> list[str]:
    """Names of tables that have any rows."""
    return [table.name for table in tables if connection.scalar(select(select(table).exists()))]


class Digest:
    """Counts and hashes the lines of one table."""

    def __init__(self) -> None:
        self._rows = 0
        self._hash = hashlib.sha256()

    def add(self, rows: Sequence[Row]) -> bytes:
        """Add rows as lines of JSON, which count from now on."""
        lines = b"".join(
            json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            for row in rows
        )
        self.add_lines(lines)
        return lines

    def add_lines(self, lines: bytes) -> None:
        """Add lines that are written already."""
        self._rows += lines.count(b"\n")
        self._hash.update(lines)

    @property
    def counted(self) -> Counted:
        """What has been added up to now."""
        return Counted(self._rows, self._hash.hexdigest())


def counted(connection: Connection, tables: Iterable[Table]) -> dict[str, Counted]:
    """Return all tables' counts and hashes, the same for the same rows on both databases."""
    found = {}
    for table in tables:
        digest = Digest()
        for rows in rows_of(connection, table):
            digest.add(rows)
        found[table.name] = digest.counted
    return found


def _is_postgres(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _plain(value: Any, column: Column[Any]) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, datetime):
        moment = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return moment.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(column.type, JSON):
        # Each database writes it with blanks of its own.
        return json.dumps(json.loads(value), ensure_ascii=False)
    return value


def _own(value: Any, column: Column[Any]) -> Any:
    """Return a plain value as the driver wants it."""
    kind = column.type
    if value is None:
        return None
    if isinstance(kind, JSON):
        content = json.loads(value)
        return JSON.NULL if content is None else content
    if isinstance(kind, DateTime):
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if kind.timezone else moment
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    return value
