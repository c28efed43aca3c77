"""All words that belong to an item: how far they are translated, and that it is found by them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.domain.publishing.images.queries import words_of
from portal.domain.publishing.search_index import actions as search_index
from portal.domain.publishing.search_index.rules import Texts
from portal.domain.publishing.translation_progress import actions as translation_progress
from portal.i18n.translated import Translated


@dataclass(frozen=True, slots=True)
class ItemWords:
    """What an item says, by how it is found by it; its pictures' words come of themselves."""

    title: Translated
    texts: Sequence[Translated]
    # Found like the words of pictures, after the texts.
    beside: Sequence[Translated] = ()
    # Translated, and not searched: who helps and who pays.
    unsearched: Sequence[Translated] = ()
    # Of the order in which what is found equally well is shown.
    day: date = date.min


def count(db: Session, kind: ItemKind, item_id: int, words: ItemWords) -> None:
    """Count how far an item is translated, and index it; for the same transaction as the words."""
    pictured = words_of(db, kind, item_id)
    texts = (words.title, *words.texts, *words.beside, *words.unsearched, *pictured)
    translation_progress.count_paragraphs(db, kind, item_id, texts)
    _index(db, kind, item_id, words, pictured)


def index(db: Session, kind: ItemKind, item_id: int, words: ItemWords) -> None:
    """Make an item found by its words; in the transaction that writes them."""
    _index(db, kind, item_id, words, words_of(db, kind, item_id))


def _index(
    db: Session, kind: ItemKind, item_id: int, words: ItemWords, pictured: Sequence[Translated]
) -> None:
    texts = Texts(words.title, words.texts, (*words.beside, *pictured))
    search_index.index(db, kind, item_id, words.day, texts)
