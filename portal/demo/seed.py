"""Repeatable data for tests from outside and for measuring: the same number, the same data."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from portal import clock
from portal.demo.participants import Crowd, add_answers, add_guests, public_id
from portal.domain.events import actions as events
from portal.domain.events.actions import Details, Link
from portal.domain.events.markdown import html_of
from portal.domain.events.models import (
    AttendanceMode,
    Event,
    EventLanguage,
    EventTag,
    JoinLink,
    Status,
    Visibility,
)
from portal.domain.events.vocabulary import TAGS
from portal.domain.feedback.queries import Read
from portal.domain.organizations import actions as organizations
from portal.domain.organizations.models import Organization, Role
from portal.domain.people import actions as people
from portal.domain.people.actions import Claims
from portal.domain.people.models import Person
from portal.domain.registrations import actions as registrations
from portal.time_zones import instant_of, wall_of
from portal.translated import Translated

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from portal.database import Database
    from portal.settings import Settings

PROFILES = {"small": 0, "10k": 10_000, "100k": 100_000}
ZONES = ("Asia/Almaty", "Europe/Berlin", "Europe/Istanbul", "America/New_York", "Asia/Seoul")
WORDS = {
    "kk": ("Домбыра", "Наурыз", "Абай", "Ертегі", "Қолөнер", "Асық", "Тіл", "Шежіре", "Ән"),
    "ru": ("Домбра", "Наурыз", "Абай", "Сказка", "Ремесло", "Асык", "Язык", "Родословная", "Песня"),
    "en": ("Dombyra", "Nauryz", "Abai", "Tale", "Craft", "Asyq", "Language", "Genealogy", "Song"),
}
BATCH = 1_000


class NotEmptyError(OSError):
    """The database holds people already; seeding would mix with what is theirs."""


@dataclass
class Filling:
    """The data under way: where chance comes from, and what is printed in the end."""

    chance: random.Random
    now: datetime
    issuer: str
    printed: dict[str, Any] = field(default_factory=dict)
    # Fresh every time, unlike the ids: what opens sessions and passes.
    sessions: dict[str, str] = field(default_factory=dict)
    passes: dict[str, str] = field(default_factory=dict)


def fill(database: Database, settings: Settings, profile: str, number: int) -> dict[str, Any]:
    """Fills an empty database and returns the ids of what it made, for JSON."""
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
        owners = [_organization(db, filling, letter, members) for letter in ("a", "b")]
        ids = [organization.id for organization in owners]
    for start in range(0, PROFILES[profile], BATCH):
        with database.writing() as db:
            _many(db, filling, ids, range(start, min(start + BATCH, PROFILES[profile])))
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
    filling.sessions[subject] = people.start_session(db, person, clock.now())
    filling.printed.setdefault("people", {})[subject] = {
        "id": person.id,
        "issuer": filling.issuer,
        "subject": subject,
        "email": f"{subject}@example.org",
    }
    return person


def _organization(
    db: Session, filling: Filling, letter: str, members: list[Person]
) -> Organization:
    """An organisation with people of its own, one event of every kind, sign-ups and feedback."""
    slug = f"organization-{letter}"
    names = {tag: f"{words[0]} {letter.upper()}" for tag, words in WORDS.items()}
    organization = organizations.found(
        db,
        slug=slug,
        name=Translated.of("kk", **names),
        description=Translated.of("kk", **names),
        kind="ngo" if letter == "a" else "diaspora",
        city="Almaty",
        country="KZ",
        time_zone="Asia/Almaty",
        now=filling.now,
    )
    for role in Role:
        person = _person(db, filling, f"{role.value}-{letter}", role.value.capitalize())
        organizations.give_role(db, organization, person, role, filling.now)
    printed: dict[str, Any] = {"id": organization.id, "slug": slug, "events": {}}
    filling.printed.setdefault("organizations", {})[letter] = printed
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
        event = _event(db, filling, organization, f"{kind}-{letter}", **facts)
        printed["events"][kind] = _sign_ups(db, filling, event, kind, members)
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
            tags=("music",),
            languages=("kk", "ru"),
            join_links=(
                Link(f"https://meet.example.org/{name}", Translated.of("kk", kk="Қытайда ашылады")),
            ),
        ),
        filling.now,
    )
    if published:
        events.publish(event, min(filling.now, event.starts_at) - timedelta(days=30))
    event.status = status.value
    event.uid = f"{public_id(filling.chance)}@shanyraq"
    return event


def _sign_ups(
    db: Session, filling: Filling, event: Event, kind: str, members: list[Person]
) -> dict[str, Any]:
    """Guests by kind of event, a member on the public one, answers to the past one."""
    crowds = {
        "public": Crowd(6),
        "full": Crowd(8),
        "private": Crowd(2),
        "running": Crowd(6, 4),
        "past": Crowd(12, 10, 8),
        "cancelled": Crowd(3),
        "postponed": Crowd(3),
    }
    names = [f"Guest {n}" for n in range(1, 20)]
    rows = add_guests(db, event, names, crowds.get(kind, Crowd(0)), filling.now, filling.chance)
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
            filling.passes[row.public_id] = registrations.new_pass_token(db, row, event)
    return printed


def _many(db: Session, filling: Filling, organization_ids: list[int], numbers: range) -> None:
    """Public events by the thousand, half of them past, straight into the tables."""
    chance, rows, tags, languages, links = filling.chance, [], [], [], []
    first = (db.scalar(select(Event.id).order_by(Event.id.desc()).limit(1)) or 0) + 1
    for offset, number in enumerate(numbers):
        rows.append(_row(filling, first + offset, number, chance.choice(organization_ids)))
        tags += [{"event_id": first + offset, "tag": tag} for tag in chance.sample(list(TAGS), 3)]
        languages += [
            {"event_id": first + offset, "language": tag, "position": position}
            for position, tag in enumerate(chance.sample(("kk", "ru", "en", "tr", "de"), 2))
        ]
        links.append(
            {
                "event_id": first + offset,
                "position": 0,
                "url": f"https://meet.example.org/{number}",
                "remark": Translated.of("kk"),
            }
        )
    db.execute(insert(Event), rows)
    db.execute(insert(EventTag), tags)
    db.execute(insert(EventLanguage), languages)
    db.execute(insert(JoinLink), links)
    db.flush()
    _renew_sequence(db)
    filling.printed["generated"] = {"first": "event-0", "last": f"event-{numbers[-1]}"}


def _row(filling: Filling, event_id: int, number: int, organization_id: int) -> dict[str, Any]:
    chance = filling.chance
    zone = chance.choice(ZONES)
    days, hour = chance.randint(-365, 365), chance.randint(9, 20)
    day = wall_of(filling.now, zone).replace(tzinfo=None) + timedelta(days=days)
    starts = day.replace(hour=hour, minute=chance.choice((0, 30)), second=0, microsecond=0)
    ends = starts + timedelta(minutes=chance.choice((60, 90, 120)))
    titles, summaries, stories = {}, {}, {}
    for tag, words in WORDS.items():
        picked = chance.sample(words, 3)
        titles[tag] = f"{' '.join(picked)} {number}"
        summaries[tag] = f"{', '.join(chance.sample(words, 5))}."
        stories[tag] = "\n\n".join(f"{' '.join(chance.choices(words, k=40))}." for _ in range(3))
    description = Translated.of("kk", **stories)
    return {
        "id": event_id,
        "slug": f"event-{number}",
        "uid": f"{public_id(chance)}@shanyraq",
        "sequence": 0,
        "organization_id": organization_id,
        "title": Translated.of("kk", **titles),
        "summary": Translated.of("kk", **summaries),
        "description": description,
        "description_html": html_of(description),
        "venue": Translated.of("kk"),
        "attendance_mode": AttendanceMode.ONLINE.value,
        "starts_wall": starts,
        "ends_wall": ends,
        "time_zone": zone,
        "starts_at": instant_of(starts, zone),
        "ends_at": instant_of(ends, zone),
        "capacity": chance.choice((None, 20, 50)),
        "taken": 0,
        "last_queue_number": 0,
        "status": Status.SCHEDULED.value,
        "visibility": Visibility.PUBLIC.value,
        "published_at": filling.now - timedelta(days=400),
        "revision": 1,
        "changed_at": filling.now,
    }


def _renew_sequence(db: Session) -> None:
    """Rows with ids of our own leave PostgreSQL's counter behind."""
    if db.get_bind().dialect.name == "postgresql":
        db.connection().exec_driver_sql(
            "SELECT setval(pg_get_serial_sequence('events', 'id'), (SELECT max(id) FROM events))"
        )
