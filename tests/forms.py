"""What organisers type into their forms."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal.core import clock
from portal.db.engine import Database
from portal.domain.events.models import Event


def event_fields(**changes: Any) -> dict[str, Any]:
    """An online evening in a week, 19:00 in Almaty, in Kazakh, unless changed; None leaves out."""
    day = (clock.now() + timedelta(days=7)).date()
    typed = {
        "original": "kk",
        "title_kk": "Домбыра кеші",
        "summary_kk": "Бір күй, бір әңгіме.",
        "description_kk": "Үш **домбырашы** күй тартады.",
        "attendance_mode": "online",
        "starts": f"{day}T19:00",
        "ends": f"{day}T21:00",
        "time_zone": "Asia/Almaty",
        "capacity": "10",
        "visibility": "public",
        "funding": "nobody",
        "tags": ["music"],
        "languages": ["kk", "ru"],
        "link_1": "https://meet.example.org/secret-room",
        "revision": "0",
    }
    return {name: text for name, text in (typed | changes).items() if text is not None}


def story_fields(**changes: Any) -> dict[str, Any]:
    """What the form of the factories' story shows, unless changed; None leaves out."""
    typed = {
        "original": "kk",
        "title_kk": "Көкпар Берлинде",
        "title_ru": "Кокпар в Берлине",
        "summary_kk": "Қалай ат таптық.",
        "body_kk": "Бәрі **бір аттан** басталды.\n\nСосын екеу болды.",
        "tags": ["games"],
        "funding": "nobody",
        "comments": "moderated",
        "time_zone": "Asia/Almaty",
        "revision": "1",
    }
    return {name: text for name, text in (typed | changes).items() if text is not None}


def organization_fields(**changes: Any) -> dict[str, Any]:
    """A new association in Berlin unless changed; None leaves out."""
    typed = {
        "slug": "altyn-saqa",
        "original": "kk",
        "name_kk": "Алтын сақа",
        "kind": "diaspora",
        "city": "Berlin",
        "country": "DE",
        "time_zone": "Europe/Berlin",
    }
    return {name: text for name, text in (typed | changes).items() if text is not None}


def feedback_fields(**changes: Any) -> dict[str, Any]:
    """A happy answer unless changed."""
    return {"rating": "5", "recommend": "9", "good": "", "improve": "", "quote": "no"} | changes


def result_fields(**changes: Any) -> dict[str, Any]:
    """The three answers in Kazakh unless changed; None leaves out."""
    typed = {
        "original": "kk",
        "happened_kk": "Үш домбырашы күй тартты.",
        "reached_kk": "Берлиндегі отбасыларға.",
        "next_steps_kk": "Келесі кеш көктемде.",
        "revision": "0",
    }
    return {name: text for name, text in (typed | changes).items() if text is not None}


def initiative_fields(**changes: Any) -> dict[str, Any]:
    """A line of work for families in Germany, in Kazakh, unless changed; None leaves out."""
    typed = {
        "original": "kk",
        "title_kk": "Ана тілі",
        "purpose_kk": "Балалар үйде қазақша сөйлейді.",
        "description_kk": "Апта сайын **сабақ**.",
        "funding": "nobody",
        "countries": ["DE"],
        "tags": ["language"],
        "since": "2025-03-21",
        "visibility": "public",
        "revision": "1",
    }
    return {name: text for name, text in (typed | changes).items() if text is not None}


def saved_fields(database: Database, slug: str, **changes: Any) -> dict[str, Any]:
    """What the form of the factories' event shows when it is opened for editing, and changes."""
    with database.reading() as db:
        event = db.scalars(select(Event).where(Event.slug == slug)).one()
        return event_fields(
            **{f"title_{language}": text for language, text in event.title.texts().items()},
            starts=event.starts_wall.isoformat(timespec="minutes"),
            ends=event.ends_wall.isoformat(timespec="minutes"),
            time_zone=event.time_zone,
            capacity=str(event.capacity or ""),
            revision=str(event.revision),
        ) | {name: text for name, text in changes.items() if text is not None}
