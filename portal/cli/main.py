"""The command `portal`."""

import argparse
import json
import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import closing

from portal.cli import backups, deployment, kazakh, operators
from portal.cli import organizations as organization_commands
from portal.cli.base import FAULTS, CommandError, fault_of, open_database, open_migrated
from portal.config.settings import Settings, load_settings
from portal.core import clock
from portal.core.refusals import Refusal
from portal.db import schema
from portal.db.outages import OUTAGES
from portal.domain.moderation.models import Progress, Reason
from portal.domain.moderation.runtime_settings import CHANGEABLE
from portal.media.storage import Storage
from portal.ops.backfill import catch_up
from portal.server import exit_on_sigterm, run_server
from portal.web.http.middleware.request_log import set_up_logging
from portal.worker.loop import Worker

# Whatever needs the pages loads `portal.app` itself: that takes as long as all that a command
# without them does.


def serve(settings: Settings, arguments: argparse.Namespace) -> None:
    """Serve the portal; deliver emails beside it unless PORTAL_WORKER is off."""
    from portal.app import declared_links  # noqa: PLC0415 - see above

    exit_on_sigterm()
    end, database = None, open_migrated(settings)
    if settings.worker:
        end = Worker(database, declared_links(settings), settings).start_thread()
    else:
        database.close()
    try:
        run_server(settings, arguments.workers)
    finally:
        if end is not None:
            end()


def migrate(settings: Settings, _arguments: argparse.Namespace) -> None:
    """Bring the database to the newest version."""
    with closing(open_database(settings)) as database:
        schema.migrate(database)
        catch_up(database)


def demo(settings: Settings, arguments: argparse.Namespace) -> None:
    """Serve a living demo with its own identity provider and mailbox."""
    from portal.demo.run import run  # noqa: PLC0415 - needs packages that a server does without

    run(settings, fresh=arguments.fresh)


def seed(settings: Settings, arguments: argparse.Namespace) -> None:
    """Fill an empty database with repeatable data and print its ids as JSON."""
    from portal.demo.seed.run import fill  # noqa: PLC0415 - not part of serving

    database = open_database(settings)
    schema.migrate(database)
    ids = fill(database, settings, arguments.profile, arguments.seed, indexed=arguments.indexed)
    print(json.dumps(ids, ensure_ascii=False, indent=2))


def routes(_settings: Settings, arguments: argparse.Namespace) -> None:
    """Print every route with its policy and cache class."""
    from portal.app import declarations  # noqa: PLC0415 - see above

    listed = [
        {
            "method": route.method,
            "path": route.path.replace(":language}", "}"),
            "name": route.name,
            "policy": route.policy.value,
            "cache": route.cache.value,
            "second_factor": route.guard.value,
            "limits": route.limits._asdict(),
        }
        for route in declarations()
    ]
    if arguments.json:
        print(json.dumps(listed, indent=2))
    else:
        for row in listed:
            print(f"{row['method']:5} {row['path']:60} {row['name']:28} {row['policy']}")


def run_due_jobs(settings: Settings, arguments: argparse.Namespace) -> None:
    """Do what is due: emails, reminders, places not confirmed, feedback to mix, data to forget."""
    from portal.app import declared_links  # noqa: PLC0415 - see above

    worker = Worker(open_migrated(settings), declared_links(settings), settings)
    if arguments.once:
        print(json.dumps(worker.round(clock.now()).as_dict()))
        return
    worker.run_until_stopped()


def check(settings: Settings, arguments: argparse.Namespace) -> None:
    """Check settings, database and files; fail if the portal could not work."""
    from portal.app import create_app  # noqa: PLC0415 - see above

    database = open_database(settings)
    problems = list(filter(None, [fault_of(database)]))
    if database.is_sqlite:
        problems += deployment.dangers_of(settings, database)
    try:
        next(iter(Storage(settings).names()), None)
    except Exception as error:  # noqa: BLE001 - the same
        problems.append(f"the storage of pictures does not answer: {type(error).__name__}")
    create_app(settings)
    for line in _notes(settings):
        print(f"note: {line}")
    if problems:
        raise CommandError("\n".join(problems))
    if arguments.deploy:
        deployment.check_deployment(settings, arguments)
    print("all is well")


def _notes(settings: Settings) -> list[str]:
    """Return what is not wrong, but good to know; among it, how people can sign in."""
    notes = []
    if not settings.smtp_url:
        notes.append("PORTAL_SMTP_URL is not set: letters wait in the outbox")
    ways = [f"{key} ({given.name})" for key, given in settings.sign_in_providers.items()]
    if settings.has_sign_in_by_email:
        ways.append("links by e-mail")
    if ways:
        notes.append(f"people sign in by {', '.join(ways)}")
    else:
        notes.append("no provider and no mail server is set: only guests can sign up")
    if settings.is_https and settings.seal_key_path.parent == settings.data_dir:
        notes.append("the seal key lies beside the data: set PORTAL_SEAL_KEY_FILE to keep it apart")
    return notes


def parser() -> argparse.ArgumentParser:
    """Return all commands with their options."""
    root = argparse.ArgumentParser(prog="portal", description=__doc__)
    commands = root.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[Settings, argparse.Namespace], None]
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=run.__doc__, description=run.__doc__)
        added.set_defaults(run=run)
        return added

    command("serve", serve).add_argument("--workers", type=int, default=1, metavar="N")
    command("migrate", migrate)
    again = "forget what visitors did and start anew"
    command("demo", demo).add_argument("--fresh", action="store_true", help=again)
    seeding = command("seed", seed)
    profiles = ("small", "10k", "100k", "10k-crowded", "1m")
    seeding.add_argument("--profile", choices=profiles, default="small")
    seeding.add_argument("--seed", type=int, default=1, metavar="N")
    seeding.add_argument("--without-search", action="store_false", dest="indexed")
    command("routes", routes).add_argument("--json", action="store_true")
    command("deliver-letters", run_due_jobs).add_argument(
        "--once", action="store_true", help="one round, then stop"
    )
    deployment.add_deployment_to(command("check", check))
    deployment.add_to(command)
    _about_people(command)
    organization_commands.add_to(command)
    kazakh.add_to(command)
    backups.add_to(command)
    command("verify-log", operators.verify_log)
    reports = command("list-reports", operators.list_reports)
    reports.add_argument("--progress", choices=[each.value for each in Progress], default="open")
    reports.add_argument("--texts", action="store_true", help="with what the reporters wrote")
    command("show-letters", operators.show_emails)
    command("recount-translations", operators.recount_translations)
    command("reindex", operators.reindex)
    command("list-settings", operators.list_settings)
    setting = command("set", operators.set_setting)
    setting.add_argument("name", choices=sorted(CHANGEABLE))
    setting.add_argument("value", help="empty to go back to what the portal brings along")
    return root


def _about_people(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Commands that name somebody who has signed in."""
    for name, run in (
        ("make-administrator", operators.make_administrator),
        ("make-moderator", operators.make_moderator),
        ("reset-second-factor", operators.reset_second_factor),
        ("ban", operators.ban),
        ("lift-ban", operators.lift_ban),
    ):
        who = command(name, run)
        by = who.add_mutually_exclusive_group(required=True)
        by.add_argument("email", nargs="?", help="verified address of somebody who has signed in")
        by.add_argument("--subject", help="the provider's name for the person")
        who.add_argument("--issuer", help="the provider, if not PORTAL_OIDC_ISSUER")
        if name == "ban":
            who.add_argument("--reason", choices=[each.value for each in Reason], required=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 1 and a sentence on standard error if it cannot be done."""
    asked = parser().parse_args(arguments)
    try:
        settings = load_settings()
        set_up_logging(settings.log_level, settings.error_reports_url)
        asked.run(settings, asked)
    except FAULTS as error:
        print(error, file=sys.stderr)
        return 1
    except OUTAGES as outage:
        said = "the database does not answer or lets nobody write"
        print(f"{said}: {type(outage).__name__}", file=sys.stderr)
        return 1
    except Refusal as refusal:
        print(refusal.localized(), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        logging.getLogger("portal").info("stopped")
    return 0
