"""What is asked of the database while something happens."""

from collections.abc import Iterator
from contextlib import contextmanager

from httpx import Client, Response
from sqlalchemy import event

from portal.db.engine import Database


@contextmanager
def queries_of(database: Database) -> Iterator[list[str]]:
    """Statements sent inside the block, without the bounds of transactions."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            sent.append(statement)

    engines = [database.engine, database.reading_engine]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def asked(database: Database, browser: Client, path: str, **headers: str) -> tuple[Response, int]:
    """A page's answer, and how many statements it cost."""
    with queries_of(database) as sent:
        answer = browser.get(path, headers=headers)
    return answer, len(sent)


def reads_of(database: Database, sent: list[str], table: str) -> set[str]:
    """How SQLite reads a table for these statements: which index, by which of its columns."""
    with database.reading() as db:
        link = db.connection()
        steps = {
            row.detail
            for statement in sent
            for row in link.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", (1,) * statement.count("?")
            )
        }
    return {step for step in steps if step.startswith((f"SEARCH {table} ", f"SCAN {table} "))}
