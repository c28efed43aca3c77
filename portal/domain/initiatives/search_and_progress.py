"""All words that belong to an initiative, and how far they are translated."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.domain.initiatives.models import Initiative
from portal.domain.initiatives.queries import steps_of
from portal.domain.initiatives.revisions import TEXTS
from portal.domain.publishing.images import queries as media
from portal.domain.publishing.search_index import actions as indexing
from portal.domain.publishing.search_index.rules import Texts
from portal.domain.publishing.translation_progress import actions as ledger
from portal.domain.results.models import Result
from portal.i18n.translated import Translated

ANSWERS: Final = ("happened", "reached", "next_steps")


def words_of(db: Session, initiative: Initiative) -> list[Translated]:
    """What it says of itself, its steps, and the closing report if there is one."""
    report = db.get(Result, (ItemKind.INITIATIVE.value, initiative.id))
    return [
        *(getattr(initiative, name) for name in TEXTS),
        *(step.text for step in steps_of(db, initiative.id)),
        *(getattr(report, name) for name in ANSWERS if report is not None),
    ]


def count(db: Session, initiative: Initiative) -> None:
    """Counts how far an initiative is translated; for the same transaction as the words."""
    words = words_of(db, initiative)
    pictured = media.words_of(db, ItemKind.INITIATIVE, initiative.id)
    ledger.note(db, ItemKind.INITIATIVE, initiative.id, (*words, *pictured))
    _index(db, initiative, words, pictured)
    # Whoever locks the initiative next in this transaction reads it afresh.
    db.flush()


def index(db: Session, initiative: Initiative) -> None:
    """Makes an initiative found by its words; who helps and who pays is not searched."""
    pictured = media.words_of(db, ItemKind.INITIATIVE, initiative.id)
    _index(db, initiative, words_of(db, initiative), pictured)


def _index(
    db: Session, initiative: Initiative, words: list[Translated], pictured: list[Translated]
) -> None:
    unsearched = (initiative.title, initiative.partners, initiative.funding_note)
    told = [text for text in words if text not in unsearched]
    day = (initiative.published_at or initiative.changed_at).date()
    texts = Texts(initiative.title, told, pictured)
    indexing.index(db, ItemKind.INITIATIVE, initiative.id, day, texts)
