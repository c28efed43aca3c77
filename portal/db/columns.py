"""Columns and constraints that models of many features declare alike."""

from enum import StrEnum
from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import MappedColumn, mapped_column

# Ends `__table_args__` of tables that no public page reads: to insert or update their rows does not
# change the content's revision (portal.db.changes.revision).
PRIVATE: Final = {"info": {"is_private": True}}


def references(column: str, *, ondelete: str = "CASCADE", **options: Any) -> MappedColumn[Any]:
    """Return a foreign key; a row goes with the one it references, unless `ondelete` differs."""
    return mapped_column(ForeignKey(column, ondelete=ondelete), **options)


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """Return the constraint that a column holds a value of an enumeration, or NULL."""
    listed = ", ".join(repr(value.value) for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")
