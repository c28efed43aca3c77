"""Repeatable data for tests from outside and for measuring: the same number, the same data."""

import random
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.config.settings import Settings
from portal.core import clock
from portal.core.time_zones import wall_of
from portal.db.engine import Database
from portal.demo.initiatives import add_initiative
from portal.demo.participants import Attendance, add_answers, add_guests, public_id
from portal.demo.seed.comments import Voices, add_voices
from portal.demo.seed.events import WORDS, Filling, add_many
from portal.demo.seed.organizations import Size, add_company
from portal.demo.seed.registrations import add_sign_ups
from portal.demo.stories import add_few
from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.actions import Claims
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.queries import session_with
from portal.domain.events import actions as events
from portal.domain.events.details import Details, Link
from portal.domain.events.models import AttendanceMode, Event, Funding, Status
from portal.domain.feedback.queries import Read
from portal.domain.organizations import actions as organizations
from portal.domain.organizations import profile as organization_profile
from portal.domain.organizations import verified_badge
from portal.domain.organizations.models import Method, Organization, Role
from portal.domain.publishing.publication import Visibility
from portal.domain.registrations import actions as registrations
from portal.domain.results import actions as results
from portal.domain.search.reindexing import reindex
from portal.i18n.translated import Translated


class Amounts(NamedTuple):
    """Events beside those of the two organisations, sign-ups for them, and who else is there."""

    events: int = 0
    sign_ups: int = 0
    company: Size | None = None
    voices: Voices | None = None


PROFILES = {
    "small": Amounts(),
    "10k": Amounts(10_000),
    "100k": Amounts(100_000),
    "10k-crowded": Amounts(10_000, 100_000, Size(200, 200, 1_000), Voices(1_000, 300, 500)),
    "1m": Amounts(100_000, 1_000_000, Size(2_000, 2_000, 10_000), Voices(10_000, 3_000, 5_000)),
}


BATCH = 1_000
VERIFIED_FOR = timedelta(days=365)


class NotEmptyError(OSError):
    """The database holds people already; seeding would mix with what is theirs."""


def fill(
    database: Database, settings: Settings, profile: str, number: int, *, indexed: bool = True
) -> dict[str, Any]:
    """Fill an empty database and return the ids of what it made, for JSON."""
    filling = Filling(
        random.Random(number),  # noqa: S311 - repeatable on purpose, nothing secret
        clock.now().replace(minute=0, second=0, microsecond=0),
        settings.oidc_issuer or "https://id.example.org",
    )
    with database.writing() as db:
        if db.scalar(select(Person.id).limit(1)) is not None:
            raise NotEmptyError("the database is not empty: seed a fresh one")
        members = [_person(db, filling, f"member-{n}", "Member") for n in (1, 2)]
        admin = _person(db, filling, "administrator", "Administrator")
        people.make_administrator(admin)
        owners = [_organization(db, filling, label, members) for label in ("a", "b")]
        ids = [organization.id for organization in owners]
    events, sign_ups, company, voices = PROFILES[profile]
    for start in range(0, events, BATCH):
        with database.writing() as db:
            add_many(db, filling, ids, range(start, min(start + BATCH, events)))
    if sign_ups:
        add_sign_ups(database, filling, sign_ups)
    if company:
        add_company(database, filling, company)
    if voices:
        add_voices(database, filling, voices)
    if events and indexed:
        reindex(database)
    return {
        "profile": profile,
        "seed": number,
        "issuer": filling.issuer,
        **filling.printed,
        "secrets": {"sessions": filling.sessions, "passes": filling.passes},
    }


def _person(db: Session, filling: Filling, subject: str, name: str) -> Person:
    claims = Claims(filling.issuer, subject, name, f"{subject}@example.org", "en", "Europe/Berlin")
    person = people.welcome(db, claims, "en", filling.now)
    db.flush()
    filling.sessions[subject] = _session(db, person)
    filling.printed.setdefault("people", {})[subject] = {
        "id": person.id,
        "issuer": filling.issuer,
        "subject": subject,
        "email": f"{subject}@example.org",
    }
    return person


def _session(db: Session, person: Person) -> str:
    """Return the token of a session that opens every page the person may see."""
    token = people.start_session(db, person, clock.now())
    session = session_with(db, token, clock.now())
    return people.pass_second_factor(db, session, clock.now()) if session else token


def _organization(db: Session, filling: Filling, label: str, members: list[Person]) -> Organization:
    """Add an organisation with people, one event of every kind, sign-ups and feedback."""
    slug = f"organization-{label}"
    names = {tag: f"{words[0]} {label.upper()}" for tag, words in WORDS.items()}
    profile = organization_profile.Profile(
        name=Translated.of("kk", **names),
        description=Translated.of("kk", **names),
        kind="ngo" if label == "a" else "diaspora",
        city="Almaty",
        country="KZ",
        time_zone="Asia/Almaty",
    )
    organization = organization_profile.create(db, slug, profile, filling.now)
    if label == "a":
        verified_badge.grant(db, organization, Method.DOCUMENT, filling.now, VERIFIED_FOR)
    staff = {
        role: _person(db, filling, f"{role.value}-{label}", role.value.capitalize())
        for role in Role
    }
    for role, person in staff.items():
        organizations.grant_role(db, organization, person, role, filling.now)
    printed: dict[str, Any] = {"id": organization.id, "slug": slug, "events": {}}
    printed["stories"] = add_few(db, organization, staff[Role.EDITOR], names, filling.now)
    filling.printed.setdefault("organizations", {})[label] = printed
    kinds: dict[str, dict[str, Any]] = {
        "public": {"days": 7},
        "full": {"days": 9, "capacity": 5},
        "private": {"days": 8, "visibility": Visibility.PRIVATE},
        "draft": {"days": 10, "published": False},
        "running": {"days": 0},
        "past": {"days": -3},
        "cancelled": {"days": 12, "status": Status.CANCELLED},
        "postponed": {"days": 13, "status": Status.POSTPONED},
    }
    for kind, facts in kinds.items():
        event = _event(db, filling, organization, f"{kind}-{label}", **facts)
        printed["events"][kind] = _sign_ups(db, filling, event, kind, members)
        if kind == "past" and label == "a":
            details = results.ResultDetails(event.summary, event.title, Translated.of("kk"))
            results.publish(db, event, details, 0, filling.now)
    printed["initiatives"] = {
        kind: add_initiative(
            db, organization, f"{kind}-{label}", printed["events"]["past"]["id"], filling.now
        )
        for kind in ("public", "draft")
    }
    return organization


def _event(  # noqa: PLR0913 - an event of any kind
    db: Session,
    filling: Filling,
    organization: Organization,
    name: str,
    *,
    days: int,
    capacity: int | None = 40,
    visibility: Visibility = Visibility.PUBLIC,
    published: bool = True,
    status: Status = Status.SCHEDULED,
) -> Event:
    starts = wall_of(filling.now + timedelta(days=days), "Asia/Almaty").replace(tzinfo=None)
    texts = {tag: f"{words[1]} {name}" for tag, words in WORDS.items()}
    event = events.create(
        db,
        organization,
        Details(
            title=Translated.of("kk", **texts),
            summary=Translated.of("kk", **texts),
            description=Translated.of("kk", **texts),
            venue=Translated.of("kk"),
            attendance_mode=AttendanceMode.ONLINE,
            starts_wall=starts,
            ends_wall=starts + timedelta(hours=2),
            time_zone="Asia/Almaty",
            capacity=capacity,
            visibility=visibility,
            funding=Funding.NOBODY,
            tags=("music",),
            languages=("kk", "ru"),
            join_links=(
                Link(f"https://meet.example.org/{name}", Translated.of("kk", kk="Қытайда ашылады")),
            ),
        ),
        filling.now,
    )
    if published:
        events.publish(db, event, min(filling.now, event.starts_at) - timedelta(days=30))
    event.status = status.value
    event.uid = f"{public_id(filling.chance)}@shanyraq"
    return event


def _sign_ups(
    db: Session, filling: Filling, event: Event, kind: str, members: list[Person]
) -> dict[str, Any]:
    """Guests by kind of event, a member on the public one, answers to the past one."""
    attendances = {
        "public": Attendance(6),
        "full": Attendance(8),
        "private": Attendance(2),
        "running": Attendance(6, 4),
        "past": Attendance(12, 10, 8),
        "cancelled": Attendance(3),
        "postponed": Attendance(3),
    }
    names = [f"Guest {n}" for n in range(1, 20)]
    attendance = attendances.get(kind, Attendance(0))
    rows = add_guests(db, event, names, attendance, filling.now, filling.chance)
    printed: dict[str, Any] = {"id": event.id, "slug": event.slug, "uid": event.uid}
    if kind == "past":
        chosen = (5, 4, 4, 3, 5, 2, 5, 4)
        answers = [
            Read(rating, 2 * rating, f"Good {n}", f"Better {n}", rating > 3, "en")  # noqa: PLR2004
            for n, rating in enumerate(chosen)
        ]
        add_answers(db, event, answers, len(answers), filling.chance)
    if kind == "public":
        for member in members:
            mine = registrations.register_member(db, member, event, filling.now)
            mine.public_id = public_id(filling.chance)
            printed.setdefault("members", {})[member.id] = mine.public_id
    if rows:
        printed["registrations"] = [
            {"id": row.id, "public_id": row.public_id, "status": row.status} for row in rows
        ]
        for row in rows:
            filling.passes[row.public_id] = registrations.new_pass_token(db, row)
    return printed
