"""Commands about organisations: who there is, deciding about verification, and their calendars."""

import argparse
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from portal.cli.base import CommandError, open_migrated
from portal.config.settings import Settings
from portal.core import clock
from portal.core.refusals import NotFoundError
from portal.domain.moderation import organization_admin
from portal.domain.moderation.rules import Ground
from portal.domain.organizations import queries, verification
from portal.domain.organizations.models import Method, Organization
from portal.domain.organizations.rules import is_verified
from portal.domain.organizations.verification import VerificationRow
from portal.domain.organizations.verification_rules import MONTHS, is_proved, lasting
from portal.domain.registrations.exports import takings_since
from portal.domain.registrations.rules import EXPORT_RETENTION
from portal.i18n.locale import LANGUAGES

LARGEST_CALENDAR = 5 * 1024 * 1024


def list_organizations(settings: Settings, arguments: argparse.Namespace) -> None:
    """Print organisations as JSON; with --waiting those that ask to be verified."""
    now = clock.now()
    with open_migrated(settings).reading() as db:
        if arguments.waiting:
            rows = [_waiting(db, asked, now) for asked in verification.queue(db, now)]
        else:
            rows = [_row(each, now) for each in queries.all_organizations(db)]
    print(json.dumps(rows, ensure_ascii=False, indent=2))


def list_participant_exports(settings: Settings, arguments: argparse.Namespace) -> None:
    """Print as JSON who took which list of participants along, and of how many people."""
    with open_migrated(settings).reading() as db:
        rows = [
            {
                "exported_at": taking.exported_at.isoformat(),
                "by": taking.name,
                "event": taking.event.slug,
                "file": taking.form,
                "people": taking.people,
            }
            for taking in takings_since(db, arguments.since or clock.now() - EXPORT_RETENTION)
        ]
    print(json.dumps(rows, ensure_ascii=False, indent=2))


def _row(organization: Organization, now: datetime) -> dict[str, Any]:
    until = organization.verified_until
    return {
        "slug": organization.slug,
        "name": organization.name.localized().text,
        "kind": organization.kind,
        "country": organization.country,
        "site": organization.site,
        "verified_by": organization.verified_by if is_verified(until, now) else None,
        "verified_until": until.isoformat() if until and is_verified(until, now) else None,
        "suspended": organization.suspended_at is not None,
    }


def _waiting(db: Session, asked: VerificationRow, now: datetime) -> dict[str, Any]:
    request = asked.request
    return _row(asked.organization, now) | {
        "asked_at": request.asked_at.isoformat(),
        "method": request.method,
        "remark": verification.remark_of(db, request),
        "domain": request.domain,
        "domain_proved": is_proved(request, now),
        "vouched_by": [voucher.slug for voucher in asked.vouchers],
    }


def verify(settings: Settings, arguments: argparse.Namespace) -> None:
    """Say that the portal knows an organisation, how, and for how many months."""
    method, lasts, now = Method(arguments.method), lasting(arguments.months), clock.now()
    with open_migrated(settings).writing() as db:
        organization = _named(db, arguments.slug)
        organization_admin.verify(db, None, organization, method, lasts, now)
    print("done")


def decline(settings: Settings, arguments: argparse.Namespace) -> None:
    """Take a request to be verified out of the queue."""
    with open_migrated(settings).writing() as db:
        organization_admin.decline(
            db, None, _named(db, arguments.slug), Ground(arguments.reason), clock.now()
        )
    print("done")


def withdraw(settings: Settings, arguments: argparse.Namespace) -> None:
    """Take a verification back."""
    with open_migrated(settings).writing() as db:
        organization_admin.withdraw(
            db, None, _named(db, arguments.slug), Ground(arguments.reason), clock.now()
        )
    print("done")


def import_calendar(settings: Settings, arguments: argparse.Namespace) -> None:
    """Read an .ics file into drafts of an organisation."""
    from portal.domain.events.calendar_import import import_drafts  # noqa: PLC0415

    if arguments.file.stat().st_size > LARGEST_CALENDAR:
        raise CommandError("the file is larger than 5 MiB")
    content = arguments.file.read_bytes()
    database = open_migrated(settings)
    with database.writing() as db:
        organization = _named(db, arguments.organization)
        language = arguments.language or organization.name.original
        events = import_drafts(db, organization, content, language=language, now=clock.now())
        slugs = [event.slug for event in events]
    print(json.dumps({"drafts": len(slugs), "slugs": slugs}, ensure_ascii=False, indent=2))


def _named(db: Session, slug: str) -> Organization:
    try:
        return queries.organization_named(db, slug)
    except NotFoundError:
        raise CommandError(f"there is no organisation {slug!r}") from None


def _day(said: str) -> datetime:
    return datetime.combine(date.fromisoformat(said), time(), UTC)


def add_to(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Declare these commands with their options."""
    listing = command("list-organizations", list_organizations)
    listing.add_argument("--waiting", action="store_true", help="only those to be verified")
    for name, run in (
        ("verify-organization", verify),
        ("decline-verification", decline),
        ("withdraw-verification", withdraw),
    ):
        about = command(name, run)
        about.add_argument("slug", help="the organisation's short name")
        if run is verify:
            about.add_argument("--method", choices=[each.value for each in Method], required=True)
            about.add_argument("--months", type=int, choices=MONTHS, default=12)
        else:
            about.add_argument("--reason", choices=[each.value for each in Ground], required=True)
    taken = command("list-taken-lists", list_participant_exports)
    taken.add_argument("--since", type=_day, metavar="YYYY-MM-DD", help="a day in UTC")
    importing = command("import-calendar", import_calendar)
    importing.add_argument("file", type=Path)
    importing.add_argument("--organization", required=True, metavar="SLUG")
    said = "language of the texts, if not the organisation's"
    importing.add_argument("--language", choices=LANGUAGES, help=said)
