"""What organisers type into their forms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portal import clock


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
        "tags": ["music"],
        "languages": ["kk", "ru"],
        "link_1": "https://meet.example.org/secret-room",
        "revision": "0",
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
