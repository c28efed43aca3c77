"""The database's schema and its migration; Alembic, ten megabytes, is loaded only there."""

import fcntl
import logging
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, String, delete, func, insert, inspect, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, mapped_column

from portal import HOME
from portal.db.engine import Base, Database

logger = logging.getLogger("portal.db.schema")

OF_0_1_0: Final = "this data is of portal 0.1.0, which 0.2.0 cannot migrate: take an empty database"

# The newest migration; a test holds it against the folder of migrations.
VERSION: Final = "0001_initial"
# Ours among the advisory locks of a PostgreSQL database.
_LOCK: Final = 0x5348414E
_LOOK_AGAIN_SECONDS: Final = 0.2
# A migration that waits for a table makes everybody else wait behind it; so it gives up soon
# (migrations/env.py), lets them pass, and tries again.
LOCK_TIMEOUT: Final = "2s"
_TRIES: Final = 30
_LOCK_NOT_AVAILABLE: Final = "55P03"
# The versions of 0.1.0 began with their days.
_OF_0_1_0: Final = re.compile(r"2026\d{4}_")


class UnsupportedSchemaError(Exception):
    """A database or backup has a schema that this code can neither use nor migrate."""


class CompatibleSchema(Base):
    """A version whose code may serve on this schema: replicas of the release before go on."""

    __tablename__ = "compatible_schemas"

    version: Mapped[str] = mapped_column(String(32), primary_key=True)


def stored_version(database: Database) -> str | None:
    """Return the newest migration seen, or None; SQLAlchemyError if there is no answer."""
    with database.reading() as db:
        if not inspect(db.connection()).has_table("alembic_version"):
            return None
        stored: str | None = db.scalar(text("SELECT version_num FROM alembic_version"))
        return stored


def may_serve(database: Database) -> bool:
    """Return whether this code may serve on the schema; SQLAlchemyError if there is no answer."""
    with database.reading() as db:
        if not inspect(db.connection()).has_table(CompatibleSchema.__tablename__):
            return False
        return db.get(CompatibleSchema, VERSION) is not None


def record_compatible_schema(connection: Connection, script: ScriptDirectory, version: str) -> None:
    """Record in a migration's transaction whose code it serves: from `oldest_served` to itself."""
    if not inspect(connection).has_table(CompatibleSchema.__tablename__):
        return
    oldest = getattr(script.get_revision(version).module, "oldest_served", version)
    served = script.iterate_revisions(version, oldest, inclusive=True)
    connection.execute(delete(CompatibleSchema))
    rows = [{"version": each.revision} for each in served]
    connection.execute(insert(CompatibleSchema), rows)


def _config(database: Database) -> Config:
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config(HOME / "alembic.ini")
    config.attributes["engine"] = database.engine
    return config


def migrate(database: Database, version: str = "head") -> None:
    """Migrate to a version, one process at a time; may raise UnsupportedSchemaError."""
    from alembic import command  # noqa: PLC0415 - see above

    config = _config(database)
    with _alone(database):
        if (stored := stored_version(database)) is not None and stored not in known_versions():
            if may_serve(database):
                return
            check_known(stored)
        for left in reversed(range(_TRIES)):
            try:
                command.upgrade(config, version)
            except OperationalError as error:
                if not left or getattr(error.orig, "sqlstate", "") != _LOCK_NOT_AVAILABLE:
                    raise
                logger.info("others use a table that is to change: trying again")
                time.sleep(1)
            else:
                return


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    """Held by one process at a time, and given back by the system if that process dies."""
    if database.is_sqlite:
        handle = os.open(Path(database.url.database or ".").parent, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
        return
    with database.engine.connect() as connection:
        waiting = connection.execution_options(isolation_level="AUTOCOMMIT")
        # Asked again and again: whoever waits inside a statement holds a snapshot, for the end of
        # which CREATE INDEX CONCURRENTLY of the other one would wait.
        while not waiting.scalar(select(func.pg_try_advisory_lock(_LOCK))):
            time.sleep(_LOOK_AGAIN_SECONDS)
        try:
            yield
        finally:
            waiting.scalar(select(func.pg_advisory_unlock(_LOCK)))


def known_versions() -> frozenset[str]:
    """Return all versions there are migrations to."""
    from alembic.config import Config  # noqa: PLC0415 - see above
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see above

    script = ScriptDirectory.from_config(Config(HOME / "alembic.ini"))
    return frozenset(each.revision for each in script.walk_revisions())


def is_of_0_1_0(version: str | None) -> bool:
    """Return whether a version is of 0.1.0, whose migrations 0.2.0 does not have any more."""
    return version is not None and _OF_0_1_0.match(version) is not None


def check_known(version: str) -> None:
    """Raise UnsupportedSchemaError, which says what to do, unless there is such a migration."""
    if is_of_0_1_0(version):
        raise UnsupportedSchemaError(OF_0_1_0)
    if version not in known_versions():
        raise UnsupportedSchemaError("this data is of a newer portal: upgrade the portal first")


def downgrade(database: Database) -> None:
    """Take every migration back; all data goes. For tests of the migrations."""
    from alembic import command  # noqa: PLC0415 - see above

    command.downgrade(_config(database), "base")


def differences(database: Database) -> None:
    """Raise alembic.util.CommandError if tables and models differ."""
    from alembic import command  # noqa: PLC0415 - see above

    command.check(_config(database))
