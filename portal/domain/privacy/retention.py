"""What has run for retention and upkeep, and when: noting it, and the table that shows it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.privacy.models import JobRun
from portal.domain.privacy.retention_rules import RULES, MaintenanceJob, RetentionSubject, Rule


def record_run(
    db: Session, name: RetentionSubject | MaintenanceJob, found: int, now: datetime
) -> None:
    """Note a run, and what it found if it found anything."""
    run = db.get(JobRun, name.value, with_for_update=True)
    if run is None:
        run = JobRun(name=name.value, ran_at=now, found=0, total=0)
        db.add(run)
    run.ran_at = now
    if found:
        run.found_at, run.found = now, found
        run.total += found


@dataclass(frozen=True, slots=True)
class RetentionLine:
    """A rule and what came of it; None where it has not run yet."""

    rule: Rule
    run: JobRun | None


def report(db: Session) -> list[RetentionLine]:
    """Return the whole table of retention."""
    runs = {run.name: run for run in db.scalars(select(JobRun))}
    return [RetentionLine(rule, runs.get(rule.subject.value)) for rule in RULES]


def last_run(db: Session, name: MaintenanceJob) -> datetime | None:
    """Return when the worker last made a round, or a backup was last made by `portal backup`."""
    return db.scalar(select(JobRun.ran_at).where(JobRun.name == name.value))
