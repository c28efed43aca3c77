"""Keeping the index, in the transactions that write the texts."""

from datetime import date

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.domain.publishing.search_index import rules, words
from portal.domain.publishing.search_index.models import IndexedText
from portal.domain.publishing.search_index.rules import Texts


def index(db: Session, kind: ItemKind, item_id: int, day: date, texts: Texts) -> None:
    """Index an item's words of now; `day` is what it is about: its begin, or its publication."""
    wanted = {
        rules.place_of(day, kind, item_id, each.language): each for each in rules.wordings(texts)
    }
    known = select(IndexedText.id, IndexedText.digest).where(
        IndexedText.item_kind == kind.value, IndexedText.item_id == item_id
    )
    stored = dict(db.execute(known).all())
    digests = {number: rules.digest_of(each) for number, each in wanted.items()}
    _drop(db, [number for number, digest in stored.items() if digests.get(number) != digest])
    fresh = {key: each for key, each in wanted.items() if stored.get(key) != digests[key]}
    if fresh:
        db.execute(
            insert(IndexedText),
            [
                {
                    "id": number,
                    "item_kind": kind.value,
                    "item_id": item_id,
                    "language": each.language,
                    "title_words": f" {' '.join(rules.title_words(each))} ",
                    "digest": digests[number],
                    "title": each.title,
                    "body": each.body,
                }
                for number, each in fresh.items()
            ],
        )
        words.put(db, {number: rules.all_words(each) for number, each in fresh.items()})


def forget(db: Session, kind: ItemKind, item_id: int) -> None:
    """Drop an item that is gone."""
    known = select(IndexedText.id).where(
        IndexedText.item_kind == kind.value, IndexedText.item_id == item_id
    )
    _drop(db, list(db.scalars(known)))


def _drop(db: Session, numbers: list[int]) -> None:
    if numbers:
        words.take_out(db, numbers)
        db.execute(delete(IndexedText).where(IndexedText.id.in_(numbers)))
