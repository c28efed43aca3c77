"""Commands about who may do what, reports and their log, emails, settings, and counts."""

import argparse
import json

from sqlalchemy.orm import Session

from portal.cli.base import CommandError, open_migrated
from portal.config.settings import Settings
from portal.core import clock
from portal.core.encryption import seal_of
from portal.domain.accounts.identities.rules import EMAIL
from portal.domain.accounts.people import queries as people
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.second_factors import actions as second_factors
from portal.domain.emails import queries as email_queries
from portal.domain.emails.models import State
from portal.domain.moderation import audit_log, runtime_settings, staff
from portal.domain.moderation import queries as moderation
from portal.domain.moderation.models import Progress, Reason
from portal.domain.moderation.notifications import Address
from portal.domain.moderation.queries import Case
from portal.domain.moderation.staff import StaffRole
from portal.domain.search import reindexing
from portal.domain.translation import actions as translation


def _somebody(db: Session, settings: Settings, arguments: argparse.Namespace) -> Person:
    """Return the one person an operator means."""
    matching = _matching(db, settings, arguments)
    if not matching:
        raise CommandError("nobody like that has signed in yet: let them sign in once first")
    if len(matching) > 1:
        raise CommandError("several people have this address: use --subject")
    return matching[0]


def _matching(db: Session, settings: Settings, arguments: argparse.Namespace) -> list[Person]:
    if not arguments.subject:
        return people.people_with_address(db, arguments.email)
    found = people.person_known_as(db, arguments.issuer or settings.oidc_issuer, arguments.subject)
    return [found] if found else []


def _grant_role(settings: Settings, arguments: argparse.Namespace, role: StaffRole) -> None:
    with open_migrated(settings).writing() as db:
        person = _somebody(db, settings, arguments)
        if not staff.has_role(person, role):
            staff.grant_role(db, person, role, clock.now())
    print("done")


def make_administrator(settings: Settings, arguments: argparse.Namespace) -> None:
    """Make somebody who has signed in once an administrator of the portal."""
    _grant_role(settings, arguments, StaffRole.ADMINISTRATOR)


def make_moderator(settings: Settings, arguments: argparse.Namespace) -> None:
    """Make somebody who has signed in once a moderator of the portal."""
    _grant_role(settings, arguments, StaffRole.MODERATOR)


def reset_second_factor(settings: Settings, arguments: argparse.Namespace) -> None:
    """Take app, passkeys and recovery codes off somebody who has lost them, and tell them."""
    with open_migrated(settings).writing() as db:
        second_factors.reset(db, _somebody(db, settings, arguments), clock.now())
    print("done")


def ban(settings: Settings, arguments: argparse.Namespace) -> None:
    """End somebody's sessions and let them sign in no more."""
    with open_migrated(settings).writing() as db:
        person = _somebody(db, settings, arguments)
        reason, address = Reason(arguments.reason), _address(settings)
        staff.ban(db, None, person, reason, clock.now(), address)
    print("done")


def lift_ban(settings: Settings, arguments: argparse.Namespace) -> None:
    """Let somebody sign in again, even if they have deleted the account since."""
    with open_migrated(settings).writing() as db:
        known = _matching(db, settings, arguments)
        if known:
            person = _somebody(db, settings, arguments)
            staff.lift_ban(db, person, clock.now(), _address(settings))
        else:
            staff.lift_ban_of_erased(db, *_identity(db, settings, arguments), clock.now())
    print("done")


def _identity(db: Session, settings: Settings, arguments: argparse.Namespace) -> tuple[str, str]:
    """Return how a sign-in service, or our own emails, know whom an operator means."""
    if arguments.subject:
        return arguments.issuer or settings.oidc_issuer, arguments.subject
    return EMAIL, seal_of(db).index(arguments.email)


def _address(settings: Settings) -> Address:
    from portal.app import declared_links  # noqa: PLC0415 - see portal.cli

    links = declared_links(settings)

    def address(language: str, key: str) -> str:
        return links.absolute("decisions.show", language, key=key)

    return address


def verify_log(settings: Settings, _arguments: argparse.Namespace) -> None:
    """Walk the public log of moderation; fail at the first line that breaks the chain."""
    with open_migrated(settings).reading() as db:
        fault = audit_log.first_fault(db)
        # What is broken may not be readable as a line at all.
        last = audit_log.latest(db, None, 1) if fault is None else []
    if fault is not None:
        raise CommandError(f"line {fault.number} of the log: {fault.what}")
    print(f"the log is whole: {last[0].number} lines, {last[0].hash}" if last else "empty, whole")


def list_reports(settings: Settings, arguments: argparse.Namespace) -> None:
    """Print reports as JSON, oldest first; what was written only with --texts."""
    with open_migrated(settings).reading() as db:
        rows, more, page = [], True, 0
        while more:
            page += 1
            cases, more = moderation.queue(db, None, Progress(arguments.progress), page)
            rows += [_report(db, case, with_text=arguments.texts) for case in cases]
    print(json.dumps(rows, ensure_ascii=False, indent=2))


def _report(db: Session, case: Case, *, with_text: bool) -> dict[str, str | None]:
    report = case.report
    row: dict[str, str | None] = {
        "key": report.public_id,
        "about": case.subject.name,
        "reason": report.reason,
        "progress": report.progress,
        "reported_at": report.reported_at.isoformat(),
    }
    if with_text:
        sealed = report.text_sealed
        row["text"] = seal_of(db).open(sealed, "report.text") if sealed else None
    return row


def show_emails(settings: Settings, _arguments: argparse.Namespace) -> None:
    """Print how many emails wait, failed and will be tried again, left, or could not, as JSON."""
    now = clock.now()
    with open_migrated(settings).reading() as db:
        counts, failed = email_queries.states(db), email_queries.failing(db)
        since = email_queries.longest_waiting(db, now)
    listed = {
        "waiting": counts.get(State.QUEUED, 0),
        "failed_and_tried_again": failed,
        "sent": counts.get(State.SENT, 0),
        "undelivered": counts.get(State.UNDELIVERED, 0),
        "no_longer_wanted": counts.get(State.DROPPED, 0),
        "due_since": since.isoformat() if since else None,
    }
    print(json.dumps(listed, indent=2))


def list_settings(settings: Settings, _arguments: argparse.Namespace) -> None:
    """Print the settings that can be changed while the portal runs, as JSON."""
    with open_migrated(settings).reading() as db:
        changed = runtime_settings.all_changed(db)
    values = {name: changed.get(name) for name in runtime_settings.CHANGEABLE}
    print(json.dumps(values, ensure_ascii=False, indent=2))


def set_setting(settings: Settings, arguments: argparse.Namespace) -> None:
    """Change a setting while the portal runs; it counts within a minute."""
    with open_migrated(settings).writing() as db:
        runtime_settings.change(db, arguments.name, arguments.value, clock.now())
    print("done")


def recount_translations(settings: Settings, _arguments: argparse.Namespace) -> None:
    """Count anew, from the words themselves, how far everything is translated."""
    with open_migrated(settings).writing() as db:
        number = translation.recount(db)
    print(f"{number} counted")


def reindex(settings: Settings, _arguments: argparse.Namespace) -> None:
    """Make the index of the search anew, from the texts themselves."""
    print(f"{reindexing.reindex(open_migrated(settings))} indexed")
