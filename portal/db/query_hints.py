"""Hints for the planners of SQLite and PostgreSQL, in plain SQL."""

from enum import StrEnum
from typing import TypeVar

from sqlalchemy import ColumnElement, Integer, bindparam, func, literal_column

T = TypeVar("T")


def unindexed(column: ColumnElement[T]) -> ColumnElement[T]:
    """Return a column's value so that no index on it is used, for a value nearly all rows have."""
    # SQLite has no statistics of values: it prefers the index of more columns, and reads all rows.
    return func.coalesce(column, column)


def literal(value: StrEnum) -> ColumnElement[str]:
    """Return a value in the statement itself, which partial indexes and kept plans go by."""
    return literal_column(f"'{value}'")


def limit_param(name: str = "limit") -> ColumnElement[int]:
    """Return a limit as a sum: SQLite (since 3.47) plans anew whenever a value alone is bound."""
    return bindparam(name, type_=Integer) + literal_column("0")
