"""All words that belong to an event: how far they are translated, and that it is found by them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.domain.events.details import LONGEST
from portal.domain.events.models import Event
from portal.domain.events.related import answers_of
from portal.domain.publishing.images.queries import words_of
from portal.domain.publishing.search_index import actions as indexing
from portal.domain.publishing.search_index.rules import Texts
from portal.domain.publishing.translation_progress import actions as ledger
from portal.i18n.translated import Translated


def count(db: Session, event: Event) -> None:
    """Counts how far an event is translated; for the same transaction as the words.

    What came of it counts along, and what its pictures show; and it is found by all that.
    """
    told, pictured = _told(db, event), words_of(db, ItemKind.EVENT, event.id)
    texts = (getattr(event, name) for name in LONGEST)
    ledger.note(db, ItemKind.EVENT, event.id, (*texts, *told, *pictured))
    _index(db, event, told, pictured)


def index(db: Session, event: Event) -> None:
    """Makes an event found by its words; in the transaction that writes them."""
    _index(db, event, _told(db, event), words_of(db, ItemKind.EVENT, event.id))


def _told(db: Session, event: Event) -> list[Translated]:
    """What came of it."""
    return list(answers_of(db, event.id).values())


def _index(db: Session, event: Event, told: list[Translated], pictured: list[Translated]) -> None:
    day = event.starts_wall.date()
    said = (event.summary, event.description, *told)
    texts = Texts(event.title, said, (event.venue, *pictured))
    indexing.index(db, ItemKind.EVENT, event.id, day, texts)
