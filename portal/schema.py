"""The database's schema: its versions, and bringing it up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from portal import HOME

if TYPE_CHECKING:
    from portal.database import Database


def _config() -> Config:
    return Config(HOME / "alembic.ini")


def newest_version() -> str:
    """The version this code was written for."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def migrate(database: Database) -> None:
    """Brings the database to the newest version; does nothing where it is there already."""
    config = _config()
    config.attributes["engine"] = database.engine
    command.upgrade(config, "head")


def differences(database: Database) -> None:
    """Raises alembic.util.CommandError if tables and models differ."""
    config = _config()
    config.attributes["engine"] = database.engine
    command.check(config)
