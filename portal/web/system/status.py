"""How the portal is doing: database, disk, worker, backups, and what it has forgotten."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.db import schema
from portal.domain.privacy.retention import RetentionLine, last_run, report
from portal.domain.privacy.retention_rules import SOURCES, MaintenanceJob
from portal.i18n import dates
from portal.i18n.locale import gettext as _
from portal.i18n.locale import ngettext
from portal.web.http.site import Site

# The worker makes a round every twenty seconds and notes it every minute.
WORKER_LATE_AFTER: Final = timedelta(minutes=5)
BACKUP_OLD_AFTER: Final = timedelta(days=2)
_LITTLE_BYTES: Final = 1024**3
_VERSIONS: Final = {
    True: ("SQLite", "SELECT sqlite_version()"),
    False: ("PostgreSQL", "SELECT current_setting('server_version')"),
}
_SIZES: Final = {
    True: "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    False: "SELECT pg_database_size(current_database())",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is looked at, and whether somebody should do something about it."""

    name: str
    localized: str
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """One line of the table of retention, in words."""

    what: str
    after: str
    source: str
    ran: str | None
    found: str | None


@dataclass(frozen=True, slots=True)
class Numbers:
    """What Prometheus is told of the same; moments in seconds, 0 for never."""

    worker_ran_at: float
    backup_made_at: float
    disk_free_bytes: float
    page_cache_bytes: float


def facts(site: Site, db: Session, now: datetime) -> list[Fact]:
    """Database, schema, disk, cache, worker and backups."""
    is_sqlite = site.database.is_sqlite
    name, version = _VERSIONS[is_sqlite]
    stored = db.scalar(text("SELECT version_num FROM alembic_version"))
    free = _free_at(site.settings.data_dir)
    worker, backup = last_run(db, MaintenanceJob.WORKER), last_run(db, MaintenanceJob.BACKUP)
    return [
        Fact(
            _("Database"),
            f"{name} {db.scalar(text(version))} · {_size(db.scalar(text(_SIZES[is_sqlite])) or 0)}",
        ),
        Fact(
            _("Version of its tables"),
            str(stored),
            None if stored == schema.VERSION else _("not the portal’s"),
        ),
        Fact(_("Room on the disk"), _size(free), _("too little") if free < _LITTLE_BYTES else None),
        Fact(_("Kept pages"), _cache_facts(site)),
        Fact(
            _("Last round of the worker"),
            dates.relative(worker, now) if worker else _("never"),
            _("late") if worker is None or now - worker > WORKER_LATE_AFTER else None,
        ),
        Fact(
            _("Last backup"),
            dates.relative(backup, now) if backup else _("never"),
            _("too old") if backup is None or now - backup > BACKUP_OLD_AFTER else None,
        ),
    ]


def forgotten(db: Session, now: datetime) -> list[Forgotten]:
    """Return what is forgotten by itself, why, and what came of it."""
    return [_retention_text(line, now) for line in report(db)]


def numbers(site: Site, db: Session) -> Numbers:
    """Return the numbers for machines."""
    worker, backup = last_run(db, MaintenanceJob.WORKER), last_run(db, MaintenanceJob.BACKUP)
    return Numbers(
        worker_ran_at=worker.timestamp() if worker else 0.0,
        backup_made_at=backup.timestamp() if backup else 0.0,
        disk_free_bytes=float(_free_at(site.settings.data_dir)),
        page_cache_bytes=float(site.page_store.size if site.page_store else 0),
    )


def _retention_text(line: RetentionLine, now: datetime) -> Forgotten:
    rule, run = line.rule, line.run
    return Forgotten(
        what=str(rule.what),
        after=f"{_lasting(rule.after)} {rule.since}",
        source=str(SOURCES[rule.source]),
        ran=dates.relative(run.ran_at, now) if run else None,
        found=f"{run.found} · {dates.relative(run.found_at, now)}"
        if run and run.found_at
        else None,
    )


def _lasting(span: timedelta) -> str:
    if span.days:
        return ngettext("%(num)s day", "%(num)s days", span.days) % {"num": span.days}
    hours = span.seconds // 3600
    return ngettext("%(num)s hour", "%(num)s hours", hours) % {"num": hours}


def _cache_facts(site: Site) -> str:
    if site.page_store is None:
        return _("off")
    return f"{_size(site.page_store.size)} / {_size(site.settings.page_cache * 1024**2)}"


def _free_at(folder: Path) -> int:
    # With PostgreSQL and given keys there need not be a folder of data.
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    return shutil.disk_usage(there).free


def _size(number: float) -> str:
    return _("%(size)s MB") % {"size": dates.number(number / 1024**2)}
