"""Commands that look at an installation: settings and machine, and the way of emails."""

import argparse
from collections.abc import Callable
from itertools import chain

from portal.cli.base import CommandError, open_migrated
from portal.config.settings import Settings
from portal.db.engine import Database
from portal.ops import deploy_checks, mail_doctor
from portal.ops.findings import Weight


def check_deployment(settings: Settings, arguments: argparse.Namespace) -> None:
    """Print what is wrong or unwise before strangers come; raise CommandError if any is wrong."""
    # Three megabytes that no server needs, and serving is a command too.
    from portal.ops import mail_dns  # noqa: PLC0415

    database = open_migrated(settings)
    try:
        found = list(
            chain(
                deploy_checks.findings(settings, database, arguments.workers),
                mail_dns.findings(settings.sender, arguments.dkim_selector),
            )
        )
    finally:
        database.close()
    for finding in found:
        print(f"{finding.weight}: {finding.what}")
    if number := sum(finding.weight is Weight.WRONG for finding in found):
        raise CommandError(f"{number} things to put right before anybody is let in")


def dangers_of(settings: Settings, database: Database) -> list[str]:
    """Return what could make the database lose what it has promised to keep, strangers or not."""
    found = deploy_checks.of_database(settings, database)
    return [finding.what for finding in found if finding.weight is Weight.WRONG]


def doctor(settings: Settings, arguments: argparse.Namespace) -> None:
    """Send an email to try the way, and print step by step what the mail server answered."""
    try:
        for step in mail_doctor.send(settings, arguments.to):
            print(step, flush=True)
    except mail_doctor.RefusedError as fault:
        raise CommandError(str(fault)) from None
    print(f"sent; look into the inbox of {arguments.to}, and among its spam")


def add_to(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Declare these commands with their options."""
    doctoring = command("doctor", doctor)
    doctoring.add_argument("what", choices=("mail",))
    doctoring.add_argument("--to", required=True, metavar="ADDRESS")


def add_deployment_to(check: argparse.ArgumentParser) -> None:
    """Add the options of `portal check` that are about strangers coming."""
    check.add_argument(
        "--deploy", action="store_true", help="also what matters before strangers come"
    )
    check.add_argument("--workers", type=int, default=1, metavar="N", help="as given to `serve`")
    check.add_argument("--dkim-selector", metavar="NAME", help="of the sender's domain")
