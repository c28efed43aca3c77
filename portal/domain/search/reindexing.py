"""Making the index anew from the texts, as after a restored backup or a new way to analyse."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.db.engine import Database
from portal.domain.events import search_and_progress as events
from portal.domain.events.models import Event
from portal.domain.initiatives import search_and_progress as initiatives
from portal.domain.initiatives.models import Initiative
from portal.domain.organizations import profile as organizations
from portal.domain.organizations.models import Organization
from portal.domain.publishing.search_index import actions as search_index
from portal.domain.publishing.search_index.models import IndexedText
from portal.domain.publishing.search_index.words import settle
from portal.domain.stories import search_and_progress as stories
from portal.domain.stories.models import Story

# Items in one transaction: others write in between.
BATCH: Final = 200
_INDEXED: Final[Mapping[ItemKind, tuple[Any, Callable[[Session, Any], None]]]] = {
    ItemKind.ORGANIZATION: (Organization, organizations.index),
    ItemKind.EVENT: (Event, events.index),
    ItemKind.INITIATIVE: (Initiative, initiatives.index),
    ItemKind.STORY: (Story, stories.index),
}


def reindex(database: Database) -> int:
    """Index all items anew and forget those that are gone; answer how many there are."""
    for kind, (model, _index) in _INDEXED.items():
        _forget_gone(database, kind, model)
    return _index_items(database)


def index_missing(database: Database) -> int:
    """Index items that the index lacks, such as after an interruption; return how many."""
    return _index_items(database, only_missing=True)


def _index_items(database: Database, *, only_missing: bool = False) -> int:
    number = 0
    for kind, (model, index) in _INDEXED.items():
        items = select(model).order_by(model.id).limit(BATCH).with_for_update()
        if only_missing:
            there = exists().where(
                IndexedText.item_kind == kind.value, IndexedText.item_id == model.id
            )
            items = items.where(~there)
        last: int | None = 0
        while last is not None:
            with database.writing() as db:
                batch = db.scalars(items.where(model.id > last)).all()
                for item in batch:
                    index(db, item)
                number += len(batch)
                last = batch[-1].id if batch else None
    if number:
        with database.writing() as db:
            settle(db)
    return number


def _forget_gone(database: Database, kind: ItemKind, model: Any) -> None:
    gone = select(IndexedText.item_id).where(
        IndexedText.item_kind == kind.value, IndexedText.item_id.not_in(select(model.id))
    )
    with database.writing() as db:
        for item_id in db.scalars(gone.distinct()).all():
            search_index.forget(db, kind, item_id)
