"""Translating events."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from portal.core.item_kinds import ItemKind
from portal.domain.events import rules
from portal.domain.events.actions import illustrate
from portal.domain.events.details import details_of
from portal.domain.events.hosts import EVENTS as TABLE
from portal.domain.events.listing import LATEST_FIRST, hosted_ids
from portal.domain.events.models import Event
from portal.domain.events.queries import event_for, lock, translated_event
from portal.domain.registrations.event_changes import change_event
from portal.domain.results import actions as results
from portal.domain.results.queries import result_of
from portal.domain.translation.items import Field, MatrixRow, Translatable, TranslatableItem
from portal.domain.translation.pictures import with_pictures
from portal.domain.translation.results import QUESTIONS, answers_of
from portal.i18n.locale import gettext_lazy as _
from portal.i18n.translated import Translated

# The latest are what a translator looks for; older ones are found on their own pages.
MAX_ROWS = 500
_LATEST = (
    select(*(TABLE.c[name] for name in ("id", "slug", "title", "ends_at")))
    .where(
        TABLE.c.id.in_(
            select(hosted_ids(lambda ids: ids, MAX_ROWS, past=True).limit(MAX_ROWS).subquery())
        )
    )
    .order_by(*LATEST_FIRST)
)
_WHOLE = (selectinload(Event.tags), selectinload(Event.languages), selectinload(Event.join_links))


def _whole(db: Session, event_id: int) -> Event:
    return db.scalars(select(Event).where(Event.id == event_id).options(*_WHOLE)).one()


def _open(db: Session, event_id: int) -> TranslatableItem:
    event = _whole(db, event_id)
    fields = (
        Field("title", _("Title"), event.title, rules.LONGEST_TITLE),
        Field("summary", _("Summary"), event.summary, rules.LONGEST_SUMMARY),
        Field(
            "description",
            _("Description"),
            event.description,
            rules.LONGEST_DESCRIPTION,
            one_line=False,
        ),
        Field("venue", _("Venue"), event.venue, rules.LONGEST_VENUE),
        Field("funding_note", _("Who exactly"), event.funding_note, rules.LONGEST_FUNDING_NOTE),
    )
    answers = answers_of(result_of(db, event))
    return TranslatableItem(ItemKind.EVENT, event.id, event.slug, event.title, fields + answers)


def _write(db: Session, event_id: int, texts: Mapping[str, Translated], now: datetime) -> None:
    event = _whole(db, event_id)
    words: dict[str, Any] = {name: text for name, text in texts.items() if name not in QUESTIONS}
    answers = {name: text for name, text in texts.items() if name in QUESTIONS}
    if answers:
        results.translate(db, event, answers, now)
    if words:
        changed = replace(details_of(event), **words)
        change_event(db, event, changed, event.revision, now)


def _rows(db: Session, organization_id: int | None, now: datetime) -> Sequence[MatrixRow]:
    found = db.execute(_LATEST, {"organization_ids": [organization_id]})
    return [
        MatrixRow(ItemKind.EVENT, event_id, slug, title, is_past=ends_at <= now)
        for event_id, slug, title, ends_at in found
    ]


def _rewrite(db: Session, event_id: int) -> None:
    illustrate(db, db.get_one(Event, event_id))


EVENTS = with_pictures(
    Translatable(ItemKind.EVENT, Event, translated_event, event_for, lock, _open, _write, _rows),
    _rewrite,
)
