"""Recording what an item says now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.domain.publishing.revisions import queries
from portal.domain.publishing.revisions.models import Revision
from portal.domain.publishing.revisions.rules import Fact


def record(
    db: Session,
    item_kind: ItemKind,
    item_id: int,
    facts: Mapping[str, Fact],
    now: datetime,
    *,
    is_public: bool,
) -> bool:
    """Adds a revision if anything differs from the last; says whether it did.

    The caller holds the item's lock, so that two saves cannot take the same number. What only
    its own people have read is recorded again when it becomes public.
    """
    last = queries.latest(db, item_kind, item_id)
    if last is not None and last.facts == dict(facts) and (last.is_public or not is_public):
        return False
    db.add(
        Revision(
            item_kind=item_kind.value,
            item_id=item_id,
            number=last.number + 1 if last else 1,
            recorded_at=now,
            is_public=is_public,
            facts=dict(facts),
        )
    )
    return True


def note_small_fix(db: Session, item_kind: ItemKind, item_id: int) -> None:
    """Keeps with what was recorded last that the translations were said to be still right."""
    db.flush()
    if (last := queries.latest(db, item_kind, item_id)) is not None:
        last.is_small_fix = True


def forget_drafts(db: Session, item_kind: ItemKind, item_id: int, keep: int) -> None:
    """Drops what only its own people have read, but for the last `keep` revisions."""
    last = queries.latest(db, item_kind, item_id)
    if last is not None and last.number > keep:
        db.execute(
            delete(Revision).where(
                Revision.item_kind == item_kind.value,
                Revision.item_id == item_id,
                Revision.is_public.is_(False),
                Revision.number <= last.number - keep,
            )
        )


def forget_all(db: Session, item_kind: ItemKind, item_id: int) -> None:
    """Drops every revision of an item that is deleted; another may get its number."""
    db.execute(
        delete(Revision).where(Revision.item_kind == item_kind.value, Revision.item_id == item_id)
    )
