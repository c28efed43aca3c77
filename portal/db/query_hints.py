"""Hints for the planners of SQLite and PostgreSQL, in plain SQL."""

from enum import StrEnum
from typing import TypeVar

from sqlalchemy import ColumnElement, Integer, bindparam, func, literal_column

T = TypeVar("T")


def unindexed(column: ColumnElement[T]) -> ColumnElement[T]:
    """Return a column's value such that no index on it is used.

    For a value that nearly all rows have in common, where other conditions name few rows. SQLite
    has no statistics of values: of two indexes it prefers the one with more columns, and reads all
    public rows.
    """
    return func.coalesce(column, column)


def literal(value: StrEnum) -> ColumnElement[str]:
    """Return a value that stands in the statement itself.

    Both databases use a partial index only if its condition stands in the statement, and
    PostgreSQL knows how common such a value is even in a plan it keeps.
    """
    return literal_column(f"'{value}'")


def limit_param(name: str) -> ColumnElement[int]:
    """Return a limit given as a value of that name.

    SQLite (since 3.47) plans a statement anew whenever a limit is bound that is a value alone, and
    planning a list of events takes half as long as reading it; a sum is not looked at.
    """
    return bindparam(name, type_=Integer) + literal_column("0")
