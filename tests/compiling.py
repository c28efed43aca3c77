"""Statements are compiled once for all tests of a process, as a server does, not for each test.

Every test has a database of its own, so engines of its own, and SQLAlchemy keeps what it has
compiled with each engine, by the dialect it was compiled for. That was an eighth of the time.
"""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

from portal.db.engine import Database

# More than there are statements.
_MOST = 4_000


def compile_once() -> None:
    """From now on, engines of this process share what they compile with others of their kind.

    Dialects of one kind are the same here: they speak with one server, by one driver.
    """
    shared: dict[type, LRUCache[Any, Any]] = {}
    engine_of = Database._engine

    def with_shared(self: Database, *args: Any, **options: Any) -> Engine:
        engine = engine_of(self, *args, **options)
        compiled = shared.setdefault(type(engine.dialect), LRUCache(_MOST))
        engine.update_execution_options(compiled_cache=compiled)
        return engine

    Database._engine = with_shared  # type: ignore[method-assign]
    DefaultDialect.__hash__ = lambda dialect: hash(type(dialect))  # type: ignore[method-assign]
    DefaultDialect.__eq__ = lambda one, other: type(one) is type(other)  # type: ignore[assignment]
