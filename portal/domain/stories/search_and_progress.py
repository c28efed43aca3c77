"""All words that belong to a story: how far they are translated, and that it is found by them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.domain.publishing.images.queries import words_of
from portal.domain.publishing.search_index import actions as indexing
from portal.domain.publishing.search_index.rules import Texts
from portal.domain.publishing.translation_progress import actions as ledger
from portal.domain.stories.models import Story
from portal.i18n.translated import Translated


def count(db: Session, story: Story) -> None:
    """Counts how far a story is translated, its pictures' words along with its own."""
    pictured = words_of(db, ItemKind.STORY, story.id)
    texts = (story.title, story.summary, story.body, story.funding_note)
    ledger.note(db, ItemKind.STORY, story.id, (*texts, *pictured))
    _index(db, story, pictured)


def index(db: Session, story: Story) -> None:
    """Makes a story found by its words, its author's name not among them."""
    _index(db, story, words_of(db, ItemKind.STORY, story.id))


def _index(db: Session, story: Story, pictured: list[Translated]) -> None:
    day = (story.published_at or story.changed_at).date()
    texts = Texts(story.title, (story.summary, story.body), pictured)
    indexing.index(db, ItemKind.STORY, story.id, day, texts)
