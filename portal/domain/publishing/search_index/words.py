"""The table of words, the same to its callers on both databases."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

from sqlalchemy import BindParameter, TextClause, bindparam, column, delete, table, text
from sqlalchemy.orm import Session

TABLE: Final = "search_words"


class Engine(NamedTuple):
    """How one database is spoken to: its name of the number, its statements, its signs."""

    number: str
    insert: TextClause
    # With the name of the parameter that holds what is asked for.
    matches: str
    both: str
    either: str
    quoted: str
    beginning: str
    # Whether words are found from the last number on, one by one as they are asked for.
    walks_backwards: bool
    between: str
    # Makes many changes as quick to search as if they had been one.
    settle: TextClause


# FTS5 takes any string in double quotes, a tsquery any in single ones; words hold letters and
# digits alone, so neither can be left.
_SQLITE: Final = Engine(
    "rowid",
    text("INSERT INTO search_words (rowid, words) VALUES (:number, :words)"),
    "search_words MATCH :{}",
    both=" AND ",
    either=" OR ",
    quoted='"{}"',
    beginning='"{}"*',
    walks_backwards=True,
    between=" ",
    settle=text("INSERT INTO search_words (search_words) VALUES ('optimize')"),
)
_POSTGRES: Final = Engine(
    "id",
    text("INSERT INTO search_words (id, words) VALUES (:number, CAST(:words AS tsvector))"),
    "search_words.words @@ CAST(:{} AS tsquery)",
    both=" & ",
    either=" | ",
    quoted="'{}'",
    beginning="'{}':*",
    walks_backwards=False,
    between=" ",
    settle=text("ANALYZE search_texts, search_words"),
)


def engine_of(db: Session) -> Engine:
    """Return what the session's database speaks."""
    return _SQLITE if db.get_bind().dialect.name == "sqlite" else _POSTGRES


def put(db: Session, texts: Mapping[int, Collection[str]]) -> None:
    """Write the words of texts that have none yet, by their numbers; there is at least one."""
    engine = engine_of(db)
    quoted = "{}" if engine is _SQLITE else engine.quoted
    db.execute(
        engine.insert,
        [
            {
                "number": number,
                "words": engine.between.join(quoted.format(word) for word in sorted(words)),
            }
            for number, words in texts.items()
        ],
    )


def take_out(db: Session, numbers: Iterable[int]) -> None:
    """Drop the words of texts."""
    engine = engine_of(db)
    words = table(TABLE, column(engine.number))
    gone: BindParameter[int] = bindparam("gone", list(numbers), expanding=True)
    db.execute(delete(words).where(words.c[engine.number].in_(gone)))


def every(engine: Engine, parts: Iterable[str]) -> str:
    """Return what asks for all parts; nothing if there is none."""
    return _joined(engine.both, parts)


def some(engine: Engine, parts: Iterable[str]) -> str:
    """Return what asks for any of the parts; nothing if there is none."""
    return _joined(engine.either, parts)


def _joined(sign: str, parts: Iterable[str]) -> str:
    asked = list(dict.fromkeys(filter(None, parts)))
    return f"({sign.join(asked)})" if len(asked) > 1 else "".join(asked)


def word(engine: Engine, lexeme: str) -> str:
    """Return what asks for one word; nothing for none."""
    return engine.quoted.format(lexeme) if lexeme else ""


def beginning(engine: Engine, lexeme: str) -> str:
    """Return what asks for words that begin so; nothing for none."""
    return engine.beginning.format(lexeme) if lexeme else ""


def settle(db: Session) -> None:
    """Put the table in order after many changes: a third off what a search takes on SQLite."""
    db.execute(engine_of(db).settle)
