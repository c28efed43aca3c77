"""Loads the demo's programme: organisations, a year of events, initiatives and stories."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from portal.demo import afterwards, events, initiatives, stories
from portal.demo.covers import Gallery
from portal.demo.known import Known
from portal.demo.participants import welcome_readers
from portal.demo.services.identity_provider import DemoPerson
from portal.demo.services.second_factors import give_app
from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.actions import Claims
from portal.domain.accounts.people.models import Person
from portal.domain.feedback.queries import Read
from portal.domain.organizations import actions as organizations
from portal.domain.organizations import verified_badge
from portal.domain.organizations.models import Endorsement, Method, Organization, Role
from portal.domain.organizations.profile import Profile, create
from portal.domain.stories.notifications import Address
from portal.i18n.translated import Translated
from portal.media.storage import Storage

FOLDER = Path(__file__).parent / "programme"
VERIFIED_FOR = timedelta(days=365)


@dataclass(frozen=True)
class Staff:
    """Who of the demo's people does what, by subject."""

    person: DemoPerson
    roles: dict[str, Role]
    is_administrator: bool = False

    @property
    def is_staff(self) -> bool:
        """Whether they come to pages that ask for a second factor."""
        return self.is_administrator or bool(self.roles)


_OF_EVENTS = ("provenance", "result")


@dataclass(frozen=True)
class Setting:
    """Where the demo is loaded: its files, its identity provider, and where emails lead."""

    storage: Storage
    issuer: str
    address: Address


def load(db: Session, setting: Setting, staff: list[Staff], now: datetime) -> None:
    """Write everything in one transaction, and the files of its pictures beside it."""
    with Gallery(setting.storage, list(_rows("cover"))) as gallery:
        owners = {
            one.slug: one for one in (_organization(db, row, now) for row in _rows("organization"))
        }
        staff_by_subject = {
            each.person.subject: _somebody(db, each, owners, setting.issuer, now) for each in staff
        }
        for row in _rows("organization"):
            # Two voices are two people, here whoever there is.
            voices = zip(row.get("vouched_by", ()), staff_by_subject.values(), strict=False)
            for slug, person in voices:
                _endorse(db, owners[row["slug"]], owners[slug], person)
        names = tomllib.loads((FOLDER / "guests.toml").read_text("utf-8"))["names"]
        readers = welcome_readers(db, names, setting.issuer, now)
        known = Known(now, owners, staff_by_subject, readers, {}, {}, {}, gallery, setting.address)
        answers = [_answer(row) for row in _rows("answer")]
        beside = events.Beside(
            names, answers, *({row["event"]: row for row in _rows(kind)} for kind in _OF_EVENTS)
        )
        for row in _rows("event"):
            known.events[row["key"]] = events.add(db, known, row, beside)
        for row in _rows("initiative"):
            known.initiatives[row["key"]] = initiatives.add(db, known, row)
        for row in _rows("story"):
            known.stories[row["key"]] = stories.add(db, known, row)
        for row in _rows("afterwards"):
            afterwards.happen(db, known, row)


def _somebody(
    db: Session, each: Staff, owners: dict[str, Organization], issuer: str, now: datetime
) -> Person:
    """Add one of the demo's people, with an app where pages ask for it, and their roles."""
    claims = Claims(
        issuer,
        each.person.subject,
        each.person.name,
        each.person.email,
        each.person.locale,
        each.person.zoneinfo,
    )
    person = people.welcome(db, claims, each.person.locale, now)
    if each.is_administrator:
        people.make_administrator(person)
    if each.is_staff:
        give_app(db, person, each.person.subject)
    for slug, role in each.roles.items():
        organizations.grant_role(db, owners[slug], person, role, now)
    return person


def _rows(kind: str) -> Iterator[dict[str, Any]]:
    for path in sorted(FOLDER.glob("*.toml")):
        yield from tomllib.loads(path.read_text("utf-8")).get(kind, [])


def _answer(row: dict[str, Any]) -> Read:
    return Read(
        row["rating"], row["recommend"], row["good"], row["improve"], row["quote"], row["language"]
    )


def _organization(db: Session, row: dict[str, Any], now: datetime) -> Organization:
    profile = Profile(
        name=Translated.of(row["original"], **row["name"]),
        description=Translated.of(row["original"], **row["description"]),
        kind=row["kind"],
        city=row["city"],
        country=row["country"],
        time_zone=row["time_zone"],
        site=row.get("site", ""),
    )
    organization = create(db, row["slug"], profile, now - timedelta(days=400))
    if "verified_by" in row:
        verified_at = now - timedelta(days=row["verified_days_ago"])
        verified_badge.grant(
            db, organization, Method(row["verified_by"]), verified_at, VERIFIED_FOR
        )
        # Without a token, so that nobody looks for a proof at domains that are only invented.
        organization.verified_domain = row.get("verified_domain")
    return organization


def _endorse(db: Session, known: Organization, voucher: Organization, person: Person) -> None:
    db.add(
        Endorsement(
            organization_id=known.id,
            by_organization_id=voucher.id,
            person_id=person.id,
            vouched_at=known.verified_at,
        )
    )
