"""All words that belong to an event: how far they are translated, and that it is found by them."""

from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.domain.events.models import Event
from portal.domain.events.related import answers_of
from portal.domain.publishing import item_words
from portal.domain.publishing.item_words import ItemWords


def count(db: Session, event: Event) -> None:
    """Count how far an event is translated, and index it."""
    item_words.count(db, ItemKind.EVENT, event.id, _words_of(db, event))


def index(db: Session, event: Event) -> None:
    """Make an event found by its words."""
    item_words.index(db, ItemKind.EVENT, event.id, _words_of(db, event))


def _words_of(db: Session, event: Event) -> ItemWords:
    """Return what it says of itself, and what came of it."""
    return ItemWords(
        title=event.title,
        texts=(event.summary, event.description, *answers_of(db, event.id).values()),
        beside=(event.venue,),
        unsearched=(event.funding_note,),
        day=event.starts_wall.date(),
    )
