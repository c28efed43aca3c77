"""Events by the thousand for measuring, made from a few words by a repeatable chance."""

import random
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from portal.content.markdown import html_of
from portal.core.availability import band
from portal.core.item_kinds import ItemKind
from portal.core.time_zones import instant_of, wall_of
from portal.db.engine import Database
from portal.demo.participants import public_id
from portal.domain.events.models import (
    AttendanceMode,
    Event,
    EventLanguage,
    EventSeats,
    EventTag,
    Funding,
    JoinLink,
    Status,
)
from portal.domain.events.vocabulary import TAGS
from portal.domain.publishing.publication import Visibility
from portal.domain.publishing.translation_progress.models import TranslationProgress
from portal.domain.publishing.translation_progress.rules import count
from portal.domain.results.models import Result
from portal.i18n.locale import LANGUAGES
from portal.i18n.translated import Translated

ZONES = ("Asia/Almaty", "Europe/Berlin", "Europe/Istanbul", "America/New_York", "Asia/Seoul")
WORDS = {
    "kk": ("Домбыра", "Наурыз", "Абай", "Ертегі", "Қолөнер", "Асық", "Тіл", "Шежіре", "Ән"),
    "ru": ("Домбра", "Наурыз", "Абай", "Сказка", "Ремесло", "Асык", "Язык", "Родословная", "Песня"),
    "en": ("Dombyra", "Nauryz", "Abai", "Tale", "Craft", "Asyq", "Language", "Genealogy", "Song"),
}

AT_ONCE: Final = 200


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


def by_the_hundred(database: Database, add: Callable[[Session, int], None], how_many: int) -> None:
    """Add by number, each few hundred in a transaction of their own."""
    for start in range(0, how_many, AT_ONCE):
        with database.writing() as db:
            for number in range(start, min(start + AT_ONCE, how_many)):
                add(db, number)


def add_many(db: Session, filling: Filling, organization_ids: list[int], numbers: range) -> None:
    """Public events by the thousand, half of them past, straight into the tables."""
    chance, rows, seats, tags, languages, links = filling.chance, [], [], [], [], []
    first = (db.scalar(select(Event.id).order_by(Event.id.desc()).limit(1)) or 0) + 1
    for offset, number in enumerate(numbers):
        rows.append(_row(filling, first + offset, number, chance.choice(organization_ids)))
        capacity = chance.choice((None, 20, 50))
        rows[-1]["availability"] = band(capacity, 0).value
        seats.append({"event_id": first + offset, "capacity": capacity})
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
    db.execute(insert(EventSeats), seats)
    db.execute(insert(EventTag), tags)
    db.execute(insert(EventLanguage), languages)
    db.execute(insert(JoinLink), links)
    outcomes = {row["id"]: _result(row) for row in rows[::3] if row["ends_at"] <= filling.now}
    if outcomes:
        db.execute(insert(Result), list(outcomes.values()))
    entries = [entry for row in rows for entry in _progress_rows(row, outcomes.get(row["id"], {}))]
    db.execute(insert(TranslationProgress), entries)
    db.flush()
    _renew_sequence(db)
    filling.printed["generated"] = {"first": "event-0", "last": f"event-{numbers[-1]}"}


def _progress_rows(row: dict[str, Any], outcomes: dict[str, Any]) -> list[dict[str, Any]]:
    texts = [row[name] for name in ("title", "summary", "description")]
    texts += [outcomes[name] for name in ("happened", "reached", "next_steps") if outcomes]
    return [
        {
            "item_kind": ItemKind.EVENT.value,
            "item_id": row["id"],
            "language": language,
            **asdict(count(texts, language)),
        }
        for language in LANGUAGES
    ]


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
        "status": Status.SCHEDULED.value,
        "visibility": Visibility.PUBLIC.value,
        "published_at": filling.now - timedelta(days=400),
        "revision": 1,
        "editions": 0,
        "funding": Funding.NOBODY.value,
        "funding_note": Translated.of("kk"),
        "changed_at": filling.now,
    }


def _result(event: dict[str, Any]) -> dict[str, Any]:
    """Return what came of an event that is over, in its own words."""
    return {
        "item_kind": ItemKind.EVENT.value,
        "item_id": event["id"],
        "happened": event["summary"],
        "reached": event["title"],
        "next_steps": Translated.of("kk"),
        "took_part": None,
        "published_at": event["ends_at"],
        "changed_at": event["ends_at"],
        "revision": 1,
    }


def _renew_sequence(db: Session) -> None:
    """Set PostgreSQL's counter behind rows that came with ids of our own."""
    if db.get_bind().dialect.name == "postgresql":
        db.connection().exec_driver_sql(
            "SELECT setval(pg_get_serial_sequence('events', 'id'), (SELECT max(id) FROM events))"
        )
