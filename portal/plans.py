"""Leads SQLite where it guesses wrong: it has no statistics of how common a value is."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import func

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

T = TypeVar("T")


def by_no_index(column: ColumnElement[T]) -> ColumnElement[T]:
    """A column's value, by which no index is looked for.

    For what nearly all rows have in common where few rows are named otherwise: of two indexes
    SQLite takes the longer for the one that leads to fewer, and reads all that is public.
    """
    return func.coalesce(column, column)
