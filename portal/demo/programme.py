"""Loads the demo's programme: organisations, a year of events, initiatives and stories."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.demo import initiatives, provenance, stories
from portal.demo.covers import add_cover
from portal.demo.participants import Crowd, add_answers, add_guests
from portal.demo.second_factors import give_app
from portal.domain.events import actions as events
from portal.domain.events.details import Details, Link
from portal.domain.events.models import AttendanceMode, Event, Status, Visibility
from portal.domain.feedback.queries import Read
from portal.domain.feedback.rules import FEWEST
from portal.domain.organizations import actions as organizations
from portal.domain.organizations import marks
from portal.domain.organizations.founding import Profile, found
from portal.domain.organizations.models import Method, Vouch
from portal.domain.people import actions as people
from portal.domain.people.actions import Claims
from portal.domain.results import actions as results
from portal.time_zones import wall_of
from portal.translated import Translated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from portal.demo.identity_provider import DemoPerson
    from portal.domain.organizations.models import Organization, Role
    from portal.domain.people.models import Person
    from portal.storage import Storage

FOLDER = Path(__file__).parent / "programme"
# A running event began this long ago.
RUNNING_FOR = timedelta(minutes=20)
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


def load(db: Session, storage: Storage, staff: list[Staff], issuer: str, now: datetime) -> None:
    """Writes everything in one transaction, and the files of its pictures beside it."""
    owners = {
        one.slug: one for one in (_organization(db, row, now) for row in _rows("organization"))
    }
    known = {each.person.subject: _somebody(db, each, owners, issuer, now) for each in staff}
    for row in _rows("organization"):
        # Two voices are two people, here whoever there is.
        for slug, person in zip(row.get("vouched_by", ()), known.values(), strict=False):
            _vouch(db, owners[row["slug"]], owners[slug], person)
    chance = random.Random(2026)  # noqa: S311 - the same demo every day, nothing secret
    names = tomllib.loads((FOLDER / "guests.toml").read_text("utf-8"))["names"]
    answers = [_answer(row) for row in _rows("answer")]
    behind = {row["event"]: row for row in _rows("provenance")}
    told = {row["event"]: row for row in _rows("result")}
    shown_by = {row["event"]: row for row in _rows("cover")}
    by_key: dict[str, Event] = {}
    for row in _rows("event"):
        event = _event(db, owners, row, behind.get(row["key"], {}), now)
        if cover := shown_by.get(row["key"]):
            add_cover(db, storage, event, cover, now)
        crowd = Crowd(row.get("signups", 0), row.get("attended", 0), row.get("feedback", 0))
        add_guests(db, event, names, crowd, now, chance)
        if crowd.answered >= FEWEST:
            add_answers(db, event, answers, crowd.answered, chance)
        by_key[row["key"]] = event
        if row["key"] in told:
            _tell(db, event, told[row["key"]], now)
    for row in _rows("initiative"):
        initiatives.add(db, owners, by_key, row, now)
    slugs = {key: event.slug for key, event in by_key.items()}
    stories.load(db, _rows("story"), owners, known, slugs, now)


def _somebody(
    db: Session, each: Staff, owners: dict[str, Organization], issuer: str, now: datetime
) -> Person:
    """One of the demo's people, with an app where pages ask for it, and their roles."""
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
        organizations.give_role(db, owners[slug], person, role, now)
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
    organization = found(db, row["slug"], profile, now - timedelta(days=400))
    if "verified_by" in row:
        verified_at = now - timedelta(days=row["verified_days_ago"])
        marks.give(db, organization, Method(row["verified_by"]), verified_at, VERIFIED_FOR)
        # Without a token, so that nobody looks for a proof at domains that are only invented.
        organization.verified_domain = row.get("verified_domain")
    return organization


def _vouch(db: Session, known: Organization, voucher: Organization, person: Person) -> None:
    db.add(
        Vouch(
            organization_id=known.id,
            by_organization_id=voucher.id,
            person_id=person.id,
            vouched_at=known.verified_at,
        )
    )


def _event(
    db: Session,
    owners: dict[str, Organization],
    row: dict[str, Any],
    behind: dict[str, Any],
    now: datetime,
) -> Event:
    original = row["original"]
    starts = _start(row, now)
    details = Details(
        title=Translated.of(original, **row["title"]),
        summary=Translated.of(original, **row["summary"]),
        description=Translated.of(original, **row["description"]),
        venue=Translated.of(original, **row.get("venue", {})),
        attendance_mode=AttendanceMode(row["attendance_mode"]),
        starts_wall=starts,
        ends_wall=starts + timedelta(minutes=row["minutes"]),
        time_zone=row["time_zone"],
        capacity=row.get("capacity"),
        visibility=Visibility.PUBLIC
        if row.get("visibility", "public") == "public"
        else Visibility.PRIVATE,
        tags=tuple(row["tags"]),
        languages=tuple(row["spoken_languages"]),
        join_links=tuple(
            Link(link["url"], Translated.of(original, **link.get("remark", {})))
            for link in row.get("join_links", [])
        ),
    )
    first, *later = provenance.versions_of(details, behind)
    event = events.create(db, owners[row["organization"]], first, now)
    if row["state"] != "draft":
        published_at = min(now, event.starts_at) - timedelta(days=20)
        events.publish(db, event, published_at)
        provenance.revise(db, event, later, published_at)
        provenance.invite_hosts(db, event, behind, owners, published_at)
    if row["state"] in {Status.POSTPONED.value, Status.CANCELLED.value}:
        event.status = row["state"]
    return event


def _tell(db: Session, event: Event, row: dict[str, Any], now: datetime) -> None:
    """What came of an event, told some days after it."""
    happened, reached, next_steps = (
        Translated.of(event.title.original, **row.get(name, {}))
        for name in ("happened", "reached", "next_steps")
    )
    told = results.Told(happened, reached, next_steps)
    results.publish(db, event, told, 0, min(now, event.ends_at + timedelta(days=row["days"])))


def _start(row: dict[str, Any], now: datetime) -> datetime:
    """The wall time at which an event of the programme starts, counted from today."""
    if row.get("running"):
        began = wall_of(now - RUNNING_FOR, row["time_zone"]).replace(tzinfo=None)
        return began.replace(minute=began.minute - began.minute % 5, second=0, microsecond=0)
    hour, minute = (int(part) for part in row["start"].split(":"))
    return datetime.combine(_day(row, now.date()), datetime.min.time()).replace(
        hour=hour, minute=minute
    )


def _day(row: dict[str, Any], today: date) -> date:
    if "day" in row:
        return today + timedelta(days=row["day"])
    month, day = (int(part) for part in row["annual"].split("-"))
    this_year = date(today.year, month, day)
    if row["year"] == "next":
        return this_year if this_year > today else this_year.replace(year=today.year + 1)
    return this_year if this_year < today else this_year.replace(year=today.year - 1)
