"""What the portal's commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from portal.database import Database
from portal.sealing import Seal

if TYPE_CHECKING:
    from portal.settings import Settings


class CommandError(Exception):
    """What was asked cannot be done; the text says why."""


def open_database(settings: Settings) -> Database:
    """The database of the settings; its folder is made if it is the embedded one."""
    if settings.database.startswith("sqlite:///"):
        folder = Path(settings.database.removeprefix("sqlite:///")).parent
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Database(settings.database, Seal.from_file(settings.seal_key_path))
