"""Values made of a row's columns by their names, wherever they stand in the statement."""

from collections.abc import Callable
from dataclasses import fields
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, FromClause, Row

T = TypeVar("T")


def names_of(kind: type[Any]) -> tuple[str, ...]:
    """Return the names of a dataclass's fields."""
    return tuple(field.name for field in fields(kind))


def columns_of(
    kind: type[Any], source: FromClause, prefix: str = ""
) -> tuple[ColumnElement[Any], ...]:
    """Return the columns of `source` that a dataclass has fields for, labelled by `prefix`."""
    found = [source.c[name] for name in names_of(kind) if name in source.c]
    return tuple(each.label(f"{prefix}{each.name}") for each in found) if prefix else (*found,)


def reader(
    kind: type[T], prefix: str = "", **computed: Callable[[Any], object]
) -> Callable[[Any], T]:
    """Return a maker of dataclasses: a field is `prefix` plus its name's column, or `computed`."""
    names = [name for name in names_of(kind) if name not in computed]
    values = itemgetter(*(prefix + name for name in names))

    def read(row: Row[Any]) -> T:
        # In the order of the fields, since `values` was made so. By the mapping, which takes half
        # as long as attributes do.
        return kind(*values(row._mapping))  # noqa: SLF001 - its public name in SQLAlchemy

    def read_and_compute(row: Row[Any]) -> T:
        found = zip(names, values(row._mapping), strict=True)  # noqa: SLF001
        return kind(**dict(found), **{name: compute(row) for name, compute in computed.items()})

    return read_and_compute if computed else read
