"""Commands that look after a portal's data."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from portal import clock
from portal.commands import CommandError, open_migrated
from portal.storage import Storage
from portal.upkeep import invariants

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from portal.database import Database
    from portal.settings import Settings


def verify(settings: Settings, _arguments: argparse.Namespace) -> None:
    """Looks whether everything is as it must always be; prints what is not as lines of JSON."""
    with closing(open_migrated(settings)) as database:
        check_whole(database, settings)


def check_whole(database: Database, settings: Settings) -> None:
    """Prints the faults of a database, and raises CommandError if there are any."""
    number = 0
    for fault in invariants.faults(database, Storage(settings), clock.now()):
        print(json.dumps(fault._asdict(), ensure_ascii=False), flush=True)
        number += 1
    if number:
        raise CommandError(f"{number} faults")
    print("all is whole", file=sys.stderr)


def add_to(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Declares these commands with their options."""
    command("verify", verify)
