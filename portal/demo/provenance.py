"""Who holds the demo's events and pays for them, and how some came to be what they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.events.actions import hosting
from portal.domain.events.details import Details
from portal.domain.events.models import Event, EventHost, Funding
from portal.domain.organizations.models import Organization
from portal.domain.registrations import event_changes
from portal.i18n.translated import Translated


def versions_of(details: Details, row: Mapping[str, Any]) -> list[Details]:
    """What an event said at first, what later, and what it says now."""
    original = details.title.original
    now = replace(
        details,
        funding=Funding(row.get("funding", Funding.NOBODY.value)),
        funding_note=Translated.of(original, **row.get("funding_note", {})),
    )
    earlier = [replace(now, **_texts(original, said)) for said in row.get("earlier", ())]
    return [*earlier, now]


def _texts(original: str, said: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    return {name: Translated.of(original, **texts) for name, texts in said.items()}


def revise(db: Session, event: Event, later: list[Details], published_at: datetime) -> None:
    """Saves the later versions, some days apart."""
    for number, details in enumerate(later, start=1):
        saved_at = published_at + timedelta(days=3 * number, hours=5)
        event_changes.change_event(db, event, details, event.revision, saved_at)


def invite_hosts(
    db: Session,
    event: Event,
    row: Mapping[str, Any],
    organizations: Mapping[str, Organization],
    published_at: datetime,
) -> None:
    """Those who hold it too, and those who have not answered yet."""
    joined = row.get("hosts", [])
    for slug in (*joined, *row.get("invited", [])):
        hosting.invite(db, event, organizations[slug], published_at + timedelta(hours=20))
        db.flush()
        if slug in joined:
            host = db.get_one(EventHost, (event.id, organizations[slug].id))
            hosting.accept(db, host, published_at + timedelta(days=2))
