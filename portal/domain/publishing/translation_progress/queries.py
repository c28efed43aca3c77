"""Reading the ledger; whoever asks has come through the items' own doors, or has a link."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.core.tokens import digest
from portal.domain.publishing.translation_progress import rules
from portal.domain.publishing.translation_progress.models import (
    LedgerEntry,
    TranslationLink,
    TranslationRequest,
)
from portal.domain.publishing.translation_progress.rules import Counts

# Columns, since a page has fifteen hundred of them, and an entity costs eight times as much.
_entries = LedgerEntry.__table__.c
_ENTRIES = select(_entries.item_id, _entries.language, *(_entries[name] for name in Counts._fields))


def entries_of(db: Session, kind: ItemKind, ids: Collection[int]) -> dict[tuple[int, str], Counts]:
    """By item and language, how far items of one kind are translated."""
    asked = _ENTRIES.where(_entries.item_kind == kind.value, _entries.item_id.in_(ids))
    return {
        (item_id, language): Counts(*counts) for item_id, language, *counts in db.execute(asked)
    }


def counts_of(entry: LedgerEntry) -> Counts:
    """An entry as what it counts."""
    return Counts(entry.is_original, entry.translated, entry.drafts, entry.outdated, entry.missing)


def requests_of(db: Session, kind: ItemKind, ids: Collection[int]) -> dict[tuple[int, str], int]:
    """By item and language, how many readers asked for it."""
    asked = TranslationRequest
    rows = db.execute(
        select(asked.item_id, asked.language, func.count())
        .where(asked.item_kind == kind.value, asked.item_id.in_(ids))
        .group_by(asked.item_id, asked.language)
    )
    return {(item_id, language): number for item_id, language, number in rows}


def links_of(
    db: Session, kind: ItemKind, item_id: int, language: str, now: datetime
) -> Sequence[TranslationLink]:
    """The links that are open for one translation, the newest first."""
    return db.scalars(
        select(TranslationLink)
        .where(
            TranslationLink.item_kind == kind.value,
            TranslationLink.item_id == item_id,
            TranslationLink.language == language,
            TranslationLink.withdrawn_at.is_(None),
            TranslationLink.expires_at > now,
        )
        .order_by(TranslationLink.id.desc())
    ).all()


def link_with(db: Session, token: str, now: datetime) -> TranslationLink:
    """What a link opens; one that is spent looks like one that never was."""
    known = select(TranslationLink).where(TranslationLink.digest == digest(token))
    link = db.scalars(known).one_or_none()
    if link is None or not rules.is_open(link, now):
        raise NotFoundError
    return link
