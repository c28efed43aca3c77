"""All words that belong to a story: how far they are translated, and that it is found by them."""

from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.domain.publishing import item_words
from portal.domain.publishing.item_words import ItemWords
from portal.domain.stories.models import Story


def count(db: Session, story: Story) -> None:
    """Count how far a story is translated, and index it."""
    item_words.count(db, ItemKind.STORY, story.id, _words_of(story))


def index(db: Session, story: Story) -> None:
    """Make a story found by its words, its author's name not among them."""
    item_words.index(db, ItemKind.STORY, story.id, _words_of(story))


def _words_of(story: Story) -> ItemWords:
    return ItemWords(
        title=story.title,
        texts=(story.summary, story.body),
        unsearched=(story.funding_note,),
        day=(story.published_at or story.changed_at).date(),
    )
