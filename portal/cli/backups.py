"""Commands that look after a portal's data: verifying, backing up, restoring, moving."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from portal.cli.base import CommandError, open_database, open_migrated
from portal.config.settings import Settings
from portal.core import clock
from portal.core.encryption import Seal
from portal.db import schema
from portal.db.engine import Database
from portal.domain.moderation import maintenance
from portal.domain.privacy.retention import record_run, report
from portal.domain.privacy.retention_rules import SOURCES, MaintenanceJob
from portal.media.storage import Storage
from portal.ops import age, backups, copy_database, invariants


def verify(settings: Settings, _arguments: argparse.Namespace) -> None:
    """Check whether everything is as it must always be; print what is not as lines of JSON."""
    with closing(open_migrated(settings)) as database:
        check_whole(database, settings)


def check_whole(database: Database, settings: Settings) -> None:
    """Print the faults of a database, and raise CommandError if there are any."""
    number = 0
    for fault in invariants.faults(database, Storage(settings), clock.now()):
        print(json.dumps(asdict(fault), ensure_ascii=False), flush=True)
        number += 1
    if number:
        raise CommandError(f"{number} faults")
    print("all is whole", file=sys.stderr)


def make_key(_settings: Settings, arguments: argparse.Namespace) -> None:
    """Make a pair of keys for backups: the secret one into a new file, the public one printed."""
    identity, recipient = age.new_identity()
    handle = os.open(arguments.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f"# public key: {recipient}\n{identity}\n")
    print(recipient)


def back_up(settings: Settings, arguments: argparse.Namespace) -> None:
    """Write database and pictures into one file, encrypted to public keys, while serving."""
    try:
        recipients = [age.recipient_from(each) for each in arguments.recipient]
    except ValueError as error:
        raise CommandError(f"--recipient: {error}") from None
    key = settings.seal_key_path
    with closing(open_migrated(settings)) as database:
        made = backups.Made(
            database,
            Storage(settings),
            Seal.from_file(key),
            key if arguments.with_seal_key else None,
        )
        manifest = backups.back_up(made, arguments.to, recipients, clock.now())
        with database.writing() as db:
            record_run(db, MaintenanceJob.BACKUP, _summary(manifest)["rows"], clock.now())
    print(json.dumps(_summary(manifest), indent=2))
    if not arguments.with_seal_key:
        print(f"not in it: the seal key, {key}; names and addresses need it", file=sys.stderr)
    if manifest["missing"]:
        raise CommandError(f"{len(manifest['missing'])} files of pictures were missing already")


def verify_backup(_settings: Settings, arguments: argparse.Namespace) -> None:
    """Decrypt a backup, count and hash everything in it, and write nothing."""
    print(json.dumps(_summary(_opened(arguments).verified()), indent=2))


def restore(settings: Settings, arguments: argparse.Namespace) -> None:
    """Verify a backup and put it into an empty database, SQLite or PostgreSQL."""
    backup = _opened(arguments)
    manifest = backup.verified()
    schema.check_known(manifest["schema"])
    target = backups.Target(Storage(settings), settings.seal_key_path)
    backups.check_keys(target, manifest)
    backups.restore_keys(backup, target)
    with closing(open_database(settings)) as database:
        # Both doors are tried before anything is written.
        copy_database.make_ready(database, manifest["schema"])
        backups.restore_media(backup, target.storage, manifest)
        backups.restore_tables(backup, database, manifest)
        print(json.dumps(_summary(manifest), indent=2), file=sys.stderr)
        check_whole(database, settings)


def _opened(arguments: argparse.Namespace) -> backups.Backup:
    try:
        identities = age.identities_from(arguments.identity.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CommandError(f"--identity: {error}") from None
    return backups.Backup(arguments.file, identities)


def _summary(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return what a backup has, without naming its files."""
    names = ("format", "portal", "schema", "database", "made_at", "has_seal_key")
    return {name: manifest[name] for name in names} | {
        "rows": sum(each["rows"] for each in manifest["tables"].values()),
        "files": len(manifest["files"]),
        "missing_files": len(manifest["missing"]),
    }


def move(settings: Settings, arguments: argparse.Namespace) -> None:
    """Copy everything of one database into an empty one of either kind, and verify it."""
    seal = Seal.from_file(settings.seal_key_path)
    source, target = (_database(each, seal) for each in (arguments.source, arguments.target))
    with closing(source), closing(target):
        counted = copy_database.move(source, target)
        listed = {name: each.rows for name, each in counted.items() if each.rows}
        print(json.dumps(listed, indent=2), file=sys.stderr)
        check_whole(target, settings)


def _database(url: str, seal: Seal) -> Database:
    try:
        checked = Settings(database_url=url)
    except ValidationError as invalid:
        raise CommandError(invalid.errors(include_url=False)[0]["msg"]) from None
    return Database(checked.database, seal)


def maintain(settings: Settings, arguments: argparse.Namespace) -> None:
    """Let the portal only be read, or end that; it counts at once in all processes."""
    now = clock.now()
    with closing(open_migrated(settings)) as database, database.writing() as db:
        if arguments.turn == "on":
            maintenance.begin(db, now + timedelta(minutes=arguments.minutes), now)
        else:
            maintenance.end(db)
    print("done")


def show_retention(settings: Settings, _arguments: argparse.Namespace) -> None:
    """Print what is forgotten by itself, after how long and why, and what went when, as JSON."""
    with closing(open_migrated(settings)) as database, database.reading() as db:
        lines = [
            {
                "subject": rule.subject.value,
                "what": str(rule.what),
                "after_seconds": int(rule.after.total_seconds()),
                "since": str(rule.since),
                "source": str(SOURCES[rule.source]),
                "ran_at": run.ran_at.isoformat() if run else None,
                "found_at": run.found_at.isoformat() if run and run.found_at else None,
                "found": run.found if run else 0,
                "total": run.total if run else 0,
            }
            for rule, run in ((each.rule, each.run) for each in report(db))
        ]
    print(json.dumps(lines, indent=2, ensure_ascii=False))


def add_to(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Declare these commands with their options."""
    command("verify", verify)
    command("show-retention", show_retention)
    maintaining = command("maintenance", maintain)
    maintaining.add_argument("turn", choices=("on", "off"))
    lasts = "how long visitors are told it takes; it ends by `off` alone"
    maintaining.add_argument("--minutes", type=int, default=10, metavar="N", help=lasts)
    command("backup-key", make_key).add_argument("file", type=Path, help="where it goes; new")
    backing_up = command("backup", back_up)
    backing_up.add_argument("--to", type=Path, required=True, metavar="FILE", help="a new file")
    who = "a public key of `portal backup-key`; may be given again"
    backing_up.add_argument(
        "--recipient", action="append", required=True, metavar="age1…", help=who
    )
    along = "put the seal key into the backup: whoever opens it reads names and addresses"
    backing_up.add_argument("--with-seal-key", action="store_true", help=along)
    for name, run in (("verify-backup", verify_backup), ("restore", restore)):
        reading = command(name, run)
        reading.add_argument("file", type=Path)
        reading.add_argument("--identity", type=Path, required=True, metavar="KEY-FILE")
    moved = command("move", move)
    moved.add_argument("--from", dest="source", required=True, metavar="URL")
    moved.add_argument("--to", dest="target", required=True, metavar="URL")
