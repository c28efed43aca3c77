"""Maintenance: the portal can be read, and writes nothing until its operator says so.

A row of changed settings that nobody but the operator's command writes. Whoever begins to write
reads it in the same transaction, so that it counts at once in every process of every replica.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.moderation.models import RuntimeSetting

NAME: Final = "maintenance"
_UNTIL: Final = select(RuntimeSetting.value).where(RuntimeSetting.name == NAME)


class MaintenanceError(Exception):
    """Nothing is written now; carries when that should be over."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


def expected_end(db: Session) -> datetime | None:
    """Return when maintenance should be over, None while there is none."""
    value = db.scalar(_UNTIL)
    return None if value is None else datetime.fromisoformat(value)


def refuse_writes(db: Session) -> None:
    """Raise MaintenanceError while it lasts, however long that was thought to be."""
    if (until := expected_end(db)) is not None:
        raise MaintenanceError(until)


def begin(db: Session, until: datetime, now: datetime) -> None:
    """From here on nothing else is written; again sets another end."""
    setting = db.get(RuntimeSetting, NAME)
    if setting is None:
        db.add(RuntimeSetting(name=NAME, value=until.isoformat(), changed_at=now))
    else:
        setting.value, setting.changed_at = until.isoformat(), now


def end(db: Session) -> None:
    """End maintenance; twice is once."""
    setting = db.get(RuntimeSetting, NAME)
    if setting is not None:
        db.delete(setting)
