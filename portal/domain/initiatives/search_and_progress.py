"""All words that belong to an initiative, and how far they are translated."""

from typing import Final

from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.domain.initiatives.models import Initiative
from portal.domain.initiatives.queries import steps_of
from portal.domain.publishing import item_words
from portal.domain.publishing.item_words import ItemWords
from portal.domain.results.models import Result

ANSWERS: Final = ("happened", "reached", "next_steps")


def count(db: Session, initiative: Initiative) -> None:
    """Count how far an initiative is translated, and index it."""
    item_words.count(db, ItemKind.INITIATIVE, initiative.id, _words_of(db, initiative))
    # Whoever locks the initiative next in this transaction reads it afresh.
    db.flush()


def index(db: Session, initiative: Initiative) -> None:
    """Make an initiative found by its words."""
    item_words.index(db, ItemKind.INITIATIVE, initiative.id, _words_of(db, initiative))


def _words_of(db: Session, initiative: Initiative) -> ItemWords:
    """Return what it says of itself, its steps, and the closing report if there is one."""
    report = db.get(Result, (ItemKind.INITIATIVE.value, initiative.id))
    return ItemWords(
        title=initiative.title,
        texts=(
            initiative.purpose,
            initiative.people,
            initiative.description,
            *(step.text for step in steps_of(db, initiative.id)),
            *(getattr(report, name) for name in ANSWERS if report is not None),
        ),
        unsearched=(initiative.partners, initiative.funding_note),
        day=(initiative.published_at or initiative.changed_at).date(),
    )
