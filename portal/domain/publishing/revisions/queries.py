"""Reading revisions; whoever asks has come through the item's own door."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.domain.publishing.revisions.models import Revision
from portal.i18n.paragraphs import fingerprint, paragraphs

PAGE_SIZE = 10


def latest(db: Session, item_kind: ItemKind, item_id: int) -> Revision | None:
    """Return what was recorded last."""
    return db.scalars(
        select(Revision)
        .where(Revision.item_kind == item_kind.value, Revision.item_id == item_id)
        .order_by(Revision.number.desc())
        .limit(1)
    ).one_or_none()


def former_paragraphs(db: Session, item_kind: ItemKind, item_id: int) -> dict[str, str]:
    """By fingerprint, every paragraph that an item has said in any language."""
    found = db.scalars(
        select(Revision.facts).where(
            Revision.item_kind == item_kind.value, Revision.item_id == item_id
        )
    )
    return {
        fingerprint(paragraph): paragraph
        for facts in found
        for fact in facts.values()
        if isinstance(fact, dict)
        for text in fact.values()
        for paragraph in paragraphs(text)
    }


def revision_of(db: Session, item_kind: ItemKind, item_id: int, number: int) -> Revision:
    """Return one revision of an item."""
    found = db.get(Revision, (item_kind.value, item_id, number))
    if found is None:
        raise NotFoundError
    return found


def page_of(
    db: Session, item_kind: ItemKind, item_id: int, page: int, *, public_only: bool
) -> tuple[Sequence[tuple[Revision, Revision | None]], bool]:
    """Ten revisions, the newest first, each with the one before it, and whether there are more."""
    statement = select(Revision).where(
        Revision.item_kind == item_kind.value, Revision.item_id == item_id
    )
    if public_only:
        statement = statement.where(Revision.is_public)
    found = db.scalars(
        statement.order_by(Revision.number.desc())
        .limit(PAGE_SIZE + 1)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    return list(zip(found[:PAGE_SIZE], [*found[1:], None], strict=False)), len(found) > PAGE_SIZE
