"""Reading the ledger; whoever asks has come through the items' own doors, or has a link."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, func, select
from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.core.tokens import digest
from portal.db.rows import columns_of, names_of, reader
from portal.domain.publishing.translation_progress import rules
from portal.domain.publishing.translation_progress.models import (
    TranslationLink,
    TranslationProgress,
    TranslationRequest,
)
from portal.domain.publishing.translation_progress.rules import Counts

# Columns, since a page has fifteen hundred of them, and an entity costs eight times as much.
_entries = TranslationProgress.__table__.c
COUNTS = columns_of(Counts, TranslationProgress.__table__, "counts_")
_counts_from = reader(Counts, "counts_")
_ENTRIES = select(_entries.item_id, _entries.language, *COUNTS)


def counts_in(kind: ItemKind, item_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Return what an item's page joins its counts by, in the language of the reader."""
    return and_(
        _entries.item_kind == kind.value,
        _entries.item_id == item_id,
        _entries.language == bindparam("language"),
    )


def counts_from(row: Row[Any]) -> Counts | None:
    """Return the counts of an outer join's columns (COUNTS); None if it was never counted."""
    return None if row.counts_is_original is None else _counts_from(row)


def entries_of(db: Session, kind: ItemKind, ids: Collection[int]) -> dict[tuple[int, str], Counts]:
    """By item and language, how far items of one kind are translated."""
    asked = _ENTRIES.where(_entries.item_kind == kind.value, _entries.item_id.in_(ids))
    return {(row.item_id, row.language): _counts_from(row) for row in db.execute(asked)}


def counts_of(entry: TranslationProgress) -> Counts:
    """Return what an entry counts."""
    return Counts(**{name: getattr(entry, name) for name in names_of(Counts)})


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
    """Return the links that are open for one translation, the newest first."""
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
    """Return what a link opens; one that is spent looks like one that never was."""
    known = select(TranslationLink).where(TranslationLink.digest == digest(token))
    link = db.scalars(known).one_or_none()
    if link is None or not rules.is_open(link, now):
        raise NotFoundError
    return link
