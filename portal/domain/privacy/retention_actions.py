"""Noting what has run."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.privacy.retention_models import Run
from portal.domain.privacy.retention_rules import Kept, Upkeep


def note(db: Session, name: Kept | Upkeep, found: int, now: datetime) -> None:
    """Notes a run, and what it found if it found anything."""
    run = db.get(Run, name.value, with_for_update=True)
    if run is None:
        run = Run(name=name.value, ran_at=now, found=0, total=0)
        db.add(run)
    run.ran_at = now
    if found:
        run.found_at, run.found = now, found
        run.total += found
