"""The database: two ways to begin a transaction on it, reading and writing."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    URL,
    CursorResult,
    Engine,
    Executable,
    LargeBinary,
    MetaData,
    create_engine,
    event,
)
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from portal.core.encryption import Seal
from portal.db import postgres, timeouts
from portal.db.changes import writes
from portal.db.outages import PATIENCE
from portal.db.standby import Standby, StandbySession, patience
from portal.db.types import Instant, TranslatedText
from portal.db.write_lock import ProcessLock
from portal.i18n.translated import Translated

# Connections per process and kind of transaction; at least the threads that answer requests (twice
# portal.web.http.threads.THREADS), the turnstile's and the worker's, so that nobody waits for one
# while holding another.
CONNECTIONS = 10
# Kibibytes of SQLite's pages that a connection keeps, by whether it only reads: a worker has five
# that do, and reading gains nothing by more, since the system keeps the file's pages too.
_CACHED = {True: 1_000, False: 2_000}
# How long a writer waits for SQLite's one write lock held by another process.
BUSY_MILLISECONDS = int(PATIENCE * 1000)


def sqlite_module() -> Any:
    """Return the wheel's SQLite, free of the WAL-reset fault, else the interpreter's own."""
    try:
        from pysqlite3 import dbapi2  # noqa: PLC0415 - exists on some platforms only
    except ImportError:  # pragma: no cover - depends on the platform
        from sqlite3 import dbapi2  # noqa: PLC0415 - a megabyte, and seldom needed
    return dbapi2


class Base(DeclarativeBase):
    """What every table shares: names of constraints, and types by annotation."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's declarative attribute
        datetime: Instant,
        Translated: TranslatedText,
        dict[str, Any]: JSON,
        bytes: LargeBinary,
    }


class Database:
    """One place where transactions begin; see `reading` and `writing`."""

    def __init__(
        self, url: str, seal: Seal, max_seconds: float | None = None, standby_url: str = ""
    ) -> None:
        """Open an engine that ends statements after `most_seconds` (portal.db.timeouts)."""
        self.url = make_url(url)
        self._max_seconds = max_seconds
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = self._engine(self.url, read_only=False)
        writes.watch(self.engine, Base.metadata)
        self.reading_engine = self._engine(self.url, read_only=True)
        self.engines = [self.engine, self.reading_engine]
        self.standby: Standby | None = None
        if standby_url:
            url_of_standby = make_url(standby_url)
            engine = self._engine(
                url_of_standby, read_only=True, connect_args=patience(url_of_standby)
            )
            self.engines.append(engine)
            self.standby = Standby(self.reading_engine, engine)
        details = {"seal": seal}
        self._writers = sessionmaker(self.engine, info=details)
        # A session that has been closed refuses further questions.
        options: dict[str, Any] = {"info": details, "autoflush": False, "close_resets_only": False}
        self._readers: sessionmaker[Session] = sessionmaker(self.reading_engine, **options)
        self._snapshots = self._readers
        if self.standby:
            self._readers = sessionmaker(class_=StandbySession, standby=self.standby, **options)
        if not self.is_sqlite:
            engine = self.reading_engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            self._snapshots = sessionmaker(engine, **options)
        # Asked at the beginning of every transaction that writes; what it raises ends it.
        self.guard: Callable[[Session], None] | None = None
        # What others have opened beside the pools, and gives back when the portal stops.
        self.at_close: list[Callable[[], None]] = []
        self._turns: AbstractContextManager[None] = nullcontext()
        if self.is_sqlite:
            # Threads that fought for SQLite's one lock took three times as long in all.
            turns = ProcessLock(Path(self.url.database or ""), BUSY_MILLISECONDS / 1000)
            self.at_close.append(turns.close)
            self._turns = turns

    def _engine(self, url: URL, *, read_only: bool, **more: Any) -> Engine:
        engine = create_engine(
            url,
            pool_size=CONNECTIONS,
            max_overflow=0,
            # The fewest connections that do, since each has memory of its own.
            pool_use_lifo=True,
            hide_parameters=True,
            json_serializer=lambda value: json.dumps(value, ensure_ascii=False),
            **({"module": sqlite_module()} if self.is_sqlite else {}),
            **({"isolation_level": "AUTOCOMMIT"} if read_only and not self.is_sqlite else {}),
            **more,
        )
        if self.is_sqlite:
            begin = "BEGIN DEFERRED" if read_only else "BEGIN IMMEDIATE"

            @event.listens_for(engine, "connect")
            def _set_up(connection: Any, _record: object) -> None:
                connection.isolation_level = None  # transactions are begun below, by name
                for pragma in (
                    "journal_mode=WAL",
                    "synchronous=FULL",
                    "foreign_keys=ON",
                    "secure_delete=ON",
                    f"busy_timeout={BUSY_MILLISECONDS}",
                    f"cache_size=-{_CACHED[read_only]}",
                    "temp_store=MEMORY",
                    f"query_only={int(read_only)}",
                ):
                    connection.execute(f"PRAGMA {pragma}")

            def _begin(connection: Any) -> None:
                # A reader that turns writer later fails at once, whatever the busy timeout says.
                connection.driver_connection.execute(begin)

            # Not at the event of that name: whoever listens to an engine is looked up by every
            # connection anew, which takes a quarter of a page's way to the database and back.
            engine.dialect.do_begin = _begin  # type: ignore[assignment]
        else:
            postgres.set_up(engine, read_only=read_only)
        if self._max_seconds is not None:  # after the above: waiting for the lock is no work
            timeouts.limit(engine, self._max_seconds)
        return engine

    def reading(self) -> Session:
        """Return a session that only reads, a snapshot on SQLite; it connects when first asked."""
        # PostgreSQL answers each question as of its own moment; a transaction doubles round trips.
        return self._readers()

    def snapshot(self) -> Session:
        """Return a session that reads as of its first question; answers fit together."""
        return self._snapshots()

    @contextmanager
    def writing(self, *, counts: bool = True) -> Iterator[Session]:
        """Yield a session that commits or rolls back; if it counts, it raises the revision last."""
        # On PostgreSQL others wait for that row until the commit; earlier versions have none.
        with self._turns, self._writers.begin() as session:
            if self.guard is not None:
                self.guard(session)
            yield session
            session.flush()
            if counts and session.in_transaction():
                writes.raise_if_changed(session.connection())

    def close(self) -> None:
        """Give all connections back."""
        for give_back in self.at_close:
            give_back()
        for engine in self.engines:
            engine.dispose()


def rows(
    db: Session,
    statement: Executable,
    values: Mapping[str, Any],
    options: Mapping[str, Any] | None = None,
) -> CursorResult[Any]:
    """Return the rows of a statement about plain columns, without mapped objects."""
    return db.connection().execute(statement, values, execution_options=options)
