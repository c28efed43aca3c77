"""What the portal's commands share."""

from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from portal.config.settings import Settings, SettingsError
from portal.core.encryption import Seal
from portal.db import schema
from portal.db.engine import Database
from portal.observability.tracing import NoTelemetryError
from portal.ops.backups import BackupError
from portal.ops.copy_database import CannotCopyError


class CommandError(Exception):
    """What was asked cannot be done; the text says why."""


# What a command ends with in a sentence instead of a traceback.
FAULTS: Final = (
    SettingsError,
    CommandError,
    BackupError,
    CannotCopyError,
    schema.UnsupportedSchemaError,
    NoTelemetryError,
    OSError,
)


def open_database(settings: Settings) -> Database:
    """Return the database of the settings; its folder is made if it is the embedded one."""
    if settings.database.startswith("sqlite:///"):
        folder = Path(settings.database.removeprefix("sqlite:///")).parent
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    seal = Seal.from_file(settings.seal_key_path)
    return Database(settings.database, seal, standby_url=settings.standby_url)


def fault_of(database: Database) -> str | None:
    """Why the portal cannot work with this database, if it cannot."""
    try:
        may_serve = schema.may_serve(database)
    except SQLAlchemyError as error:
        return f"the database does not answer: {type(error).__name__}"
    if not may_serve:
        if schema.is_of_0_1_0(schema.stored_version(database)):
            return schema.OF_0_1_0
        return "the database has not the schema of this version: run `portal migrate`"
    return None


def open_migrated(settings: Settings) -> Database:
    """Return the database to read or write, or raise CommandError where that would fail."""
    database = open_database(settings)
    if (fault := fault_of(database)) is not None:
        database.close()
        raise CommandError(fault)
    return database
