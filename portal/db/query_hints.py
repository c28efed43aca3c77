"""Leads the databases' planners where they guess wrong, or anew each time."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final, TypeVar

from sqlalchemy import (
    ARRAY,
    BindParameter,
    Boolean,
    ColumnElement,
    Dialect,
    Engine,
    Integer,
    Text,
    bindparam,
    func,
    literal_column,
)
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

T = TypeVar("T")
_LIMIT: Final = re.compile(r"LIMIT \S+")


def by_no_index(column: ColumnElement[T]) -> ColumnElement[T]:
    """A column's value, by which no index is looked for.

    For what nearly all rows have in common where few rows are named otherwise: of two indexes
    SQLite, which has no statistics of how common a value is, takes the longer for the one that
    leads to fewer, and reads all that is public.
    """
    return func.coalesce(column, column)


def written(value: StrEnum) -> ColumnElement[str]:
    """A value that stands in the statement: PostgreSQL then knows how common it is.

    It keeps one plan for whatever is given beside a statement, as if all values were alike.
    """
    return literal_column(f"'{value}'")


def at_most(name: str) -> BindParameter[int]:
    """A limit that is given as a value of that name."""
    return bindparam(name, type_=Integer)


class _Numbers(TypeDecorator[list[int]]):
    """Whole numbers that are one value of a statement: a text, as either database writes them."""

    impl = ARRAY(Integer)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """SQLite knows no arrays."""
        return Text() if dialect.name == "sqlite" else ARRAY(Integer)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        """What writes them; the drivers' own ways take longer than the question."""
        brackets = "[%s]" if dialect.name == "sqlite" else "{%s}"
        return lambda numbers: brackets % ",".join(map(str, numbers))


class _Among(FunctionElement[bool]):
    __visit_name__ = "among"
    type = Boolean()
    inherit_cache = True


def among(column: ColumnElement[int], name: str) -> ColumnElement[bool]:
    """Whether a column's value is one of the numbers that are given as one value of that name.

    With a value for each number the statement would be written anew each time that it is asked.
    """
    return _Among(column, bindparam(name, type_=_Numbers))


class _OfSQLite(SQLiteCompiler):
    """Hides limits in a sum, and reads numbers from a text.

    A limit that is a bound value by itself is looked at while SQLite plans (since 3.47), so that
    the statement is planned anew whenever the value is bound, be it the same: for a list of
    events that took half as long as its reading.
    """

    def limit_clause(self, select: Any, **options: Any) -> str:
        text: str = super().limit_clause(select, **options)  # type: ignore[no-untyped-call]
        return _LIMIT.sub(lambda found: f"{found[0]} + 0", text, count=1)

    def visit_among(self, element: _Among, **options: Any) -> str:
        column, numbers = (self.process(part, **options) for part in element.clauses)
        return f"{column} IN (SELECT value FROM json_each({numbers}))"  # noqa: S608 - as compiled


class _OfPostgreSQL(PGCompiler_psycopg):
    """Writes limits into the statement, and reads numbers from an array.

    PostgreSQL keeps one plan for all values (portal.db.postgres), and for a limit it does not know
    it plans a tenth of all rows: it sorted a hundred thousand events for the newest three. How
    many are passed over stays a value, since every page of a list has another.
    """

    def limit_clause(self, select: Any, **options: Any) -> str:
        limit, offset = select._limit_clause, select._offset_clause  # noqa: SLF001 - what it is given
        text = ""
        if limit is not None:
            text = f"\n LIMIT {self.process(limit, literal_execute=True, **options)}"
        if offset is not None:
            text += f" OFFSET {self.process(offset, **options)}"
        return text

    def visit_among(self, element: _Among, **options: Any) -> str:
        column, numbers = (self.process(part, **options) for part in element.clauses)
        return f"{column} = ANY ({numbers})"


_COMPILERS: Final[dict[str, type[SQLCompiler]]] = {
    "sqlite": _OfSQLite,
    "postgresql": _OfPostgreSQL,
}


def lead_by_limits(engine: Engine) -> None:
    """Has limits written so that the planner does best with them."""
    engine.dialect.statement_compiler = _COMPILERS[engine.dialect.name]
