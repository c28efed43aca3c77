"""The database's schema: its version, and bringing a database up to date.

Alembic is loaded only where it works: a serving process does without its ten megabytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, text

from portal import HOME

if TYPE_CHECKING:
    from alembic.config import Config

    from portal.database import Database

# The newest migration; a test holds it against the folder of migrations.
VERSION: Final = "20261129_many_sign_ups"


def stored_version(database: Database) -> str | None:
    """The newest migration the database has seen, or None for a database without any.

    Raises sqlalchemy.exc.SQLAlchemyError where it does not answer.
    """
    with database.reading() as db:
        if not inspect(db.connection()).has_table("alembic_version"):
            return None
        stored: str | None = db.scalar(text("SELECT version_num FROM alembic_version"))
        return stored


def _config(database: Database) -> Config:
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config(HOME / "alembic.ini")
    config.attributes["engine"] = database.engine
    return config


def migrate(database: Database, version: str = "head") -> None:
    """Brings the database to a version; does nothing where it is there already."""
    from alembic import command  # noqa: PLC0415 - see above

    command.upgrade(_config(database), version)


def known_versions() -> frozenset[str]:
    """All versions there are migrations to."""
    from alembic.config import Config  # noqa: PLC0415 - see above
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see above

    script = ScriptDirectory.from_config(Config(HOME / "alembic.ini"))
    return frozenset(each.revision for each in script.walk_revisions())


def downgrade(database: Database) -> None:
    """Takes every migration back; all data goes. For tests of the migrations."""
    from alembic import command  # noqa: PLC0415 - see above

    command.downgrade(_config(database), "base")


def differences(database: Database) -> None:
    """Raises alembic.util.CommandError if tables and models differ."""
    from alembic import command  # noqa: PLC0415 - see above

    command.check(_config(database))
