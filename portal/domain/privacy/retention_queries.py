"""What has run, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.privacy.retention_models import Run
from portal.domain.privacy.retention_rules import RULES, Rule, Upkeep


@dataclass(frozen=True, slots=True)
class Line:
    """A rule and what came of it; None where it has not run yet."""

    rule: Rule
    run: Run | None


def report(db: Session) -> list[Line]:
    """The whole table of retention."""
    runs = {run.name: run for run in db.scalars(select(Run))}
    return [Line(rule, runs.get(rule.kept.value)) for rule in RULES]


def last_run(db: Session, name: Upkeep) -> datetime | None:
    """When the worker last made a round, or a backup was last made by `portal backup`."""
    return db.scalar(select(Run.ran_at).where(Run.name == name.value))
