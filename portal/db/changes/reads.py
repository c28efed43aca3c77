"""Notes what of the content a page is drawn from, by the statements it sends."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Engine, event

from portal.db.changes.tables import PLACES, PLACES_COLUMNS, TABLES, places_of

# An option of statements whose rows are named by `Reads.name_places`, all of them.
NAMES_PLACES: Final = "names_places"
_WORD: Final = re.compile(r"\w+")
# Columns that are not named may be any.
_ALL_COLUMNS: Final = re.compile(r"(?<!count\()\*", re.IGNORECASE)
_NAMED_COLUMN: Final = "taken"


class Reads:
    """The scopes a page depends on, each with what the page shows of it; "" means all of it."""

    def __init__(self) -> None:
        self.scopes: dict[str, str] = {}

    def note(self, statement: str, *, names_places: bool) -> None:
        """A statement that is about to be sent."""
        for scope in _sources(statement, names_places=names_places):
            self.scopes[scope] = ""

    def name_places(self, event_id: int, shown: str) -> None:
        """An event that has been read, and how many places are shown to be left."""
        self.add({places_of(event_id): shown})

    def add(self, scopes: Mapping[str, str]) -> None:
        """Scopes that something was drawn from."""
        for scope, shown in scopes.items():
            # What was read twice and changed between may show either.
            self.scopes[scope] = shown if self.scopes.get(scope, shown) == shown else ""


_noting: ContextVar[Reads | None] = ContextVar("noting", default=None)


@contextmanager
def noting() -> Iterator[Reads]:
    """Notes what is read within the block, which begins and ends in one thread."""
    reads = Reads()
    token = _noting.set(reads)
    try:
        yield reads
    finally:
        _noting.reset(token)


def name_places(event_id: int, shown: str) -> None:
    """`Reads.name_places`, where somebody notes."""
    reads = _noting.get()
    if reads is not None:
        reads.name_places(event_id, shown)


def also_read(scopes: Mapping[str, str]) -> None:
    """`Reads.add`, where somebody notes: what they use was drawn from these before."""
    reads = _noting.get()
    if reads is not None:
        reads.add(scopes)


def watch(engine: Engine) -> None:
    """Begins to note what the engine's statements read."""

    # The dialect's event: see portal.db.engine for what an engine's would take.
    @event.listens_for(engine, "do_execute")
    def _before(_cursor: object, statement: str, _parameters: object, context: Any) -> None:
        reads = _noting.get()
        if reads is not None:
            names = bool(context and context.execution_options.get(NAMES_PLACES))
            reads.note(statement, names_places=names)


@lru_cache(maxsize=1024)
def _sources(statement: str, *, names_places: bool) -> frozenset[str]:
    words = _WORD.findall(statement)
    found = TABLES.intersection(words)
    if names_places:
        # Named once it is a column of the rows; twice, rows are chosen or ordered by it.
        reads_places = words.count(_NAMED_COLUMN) > 1 or PLACES_COLUMNS.intersection(words) != {
            _NAMED_COLUMN
        }
    else:
        reads_places = not PLACES_COLUMNS.isdisjoint(words)
    if reads_places or ("events" in words and _ALL_COLUMNS.search(statement)):
        found |= {PLACES}
    return found
