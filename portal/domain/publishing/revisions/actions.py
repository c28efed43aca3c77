"""Recording what an item says now."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.domain.publishing.publication import Published, is_public
from portal.domain.publishing.revisions import queries
from portal.domain.publishing.revisions.models import Revision
from portal.domain.publishing.revisions.rules import Fact


def record(  # noqa: PLR0913 - an item with how it is recorded
    db: Session,
    item_kind: ItemKind,
    item_id: int,
    facts: Mapping[str, Fact],
    now: datetime,
    *,
    is_public: bool,
    is_small_fix: bool = False,
) -> bool:
    """Add a revision if anything differs from the last; say whether it did.

    The caller holds the item's lock, so that two saves cannot take the same number. What only
    its own people have read is recorded again when it becomes public. A small fix leaves
    translations right.
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
            is_small_fix=is_small_fix,
            facts=dict(facts),
        )
    )
    return True


class RevisedItem(Published, Protocol):
    """An item with a history."""

    id: Any
    editions: Any


def add_revision(  # noqa: PLR0913 - an item with how it is recorded
    db: Session,
    kind: ItemKind,
    item: RevisedItem,
    facts: Callable[[], Mapping[str, Fact]],
    now: datetime,
    *,
    is_small_fix: bool = False,
    max_drafts: int = 0,
) -> None:
    """Record an item as it is now, if it is published; for the same transaction as the change.

    Of one that is not published yet the last `max_drafts` revisions are kept.
    """
    # Whoever locks the item next in this transaction reads it afresh, a draft too.
    db.flush()
    if item.published_at is None and not max_drafts:
        return
    is_shared = is_public(item)
    is_new = record(db, kind, item.id, facts(), now, is_public=is_shared, is_small_fix=is_small_fix)
    item.editions += is_new and is_shared
    db.flush()
    if item.published_at is None:
        forget_drafts(db, kind, item.id, max_drafts)


def forget_drafts(db: Session, item_kind: ItemKind, item_id: int, max_drafts: int) -> None:
    """Drop what only its own people have read, but for the last `max_drafts` revisions."""
    last = queries.latest(db, item_kind, item_id)
    if last is not None and last.number > max_drafts:
        db.execute(
            delete(Revision).where(
                Revision.item_kind == item_kind.value,
                Revision.item_id == item_id,
                Revision.is_public.is_(False),
                Revision.number <= last.number - max_drafts,
            )
        )


def forget_all(db: Session, item_kind: ItemKind, item_id: int) -> None:
    """Drop every revision of an item that is deleted; another may get its number."""
    db.execute(
        delete(Revision).where(Revision.item_kind == item_kind.value, Revision.item_id == item_id)
    )
