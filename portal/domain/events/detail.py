"""What an event's own page says, in one question to the database."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import and_, bindparam
from sqlalchemy.orm import Session

from portal.content.picture_html import Picture
from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.domain.accounts.people.models import Person
from portal.domain.events.hosts import EVENTS
from portal.domain.events.queries import SHOWN, Shown, is_visible, shown_with
from portal.domain.events.related import (
    HAS_STORIES,
    INITIATIVES,
    LINE,
    OF_EVENT,
    OF_INITIATIVE,
    OUTCOME,
    RESULTS,
    Line,
    Outcome,
)
from portal.domain.publishing.images.queries import IMAGES, PICTURE, is_cover_of, picture_from
from portal.domain.publishing.translation_progress.models import LedgerEntry
from portal.domain.publishing.translation_progress.rules import Counts
from portal.i18n.locale import current_language
from portal.i18n.translated import Translated


class Words(NamedTuple):
    """What only the event's own page says."""

    funding: str | None
    funding_note: Translated
    editions: int
    description_html: dict[str, str]
    # How far all of it is translated into the reader's language; None if it was never counted.
    counts: Counts | None
    outcome: Outcome | None
    line: Line | None
    cover: Picture | None
    # Whether any public story tells of it.
    has_stories: bool


_WORDS = [EVENTS.c[name] for name in Words._fields if name in EVENTS.c]
_ledger = LedgerEntry.__table__.c
_COUNTS = [_ledger[name] for name in Counts._fields]
_PAGE = (
    SHOWN.add_columns(*_WORDS, *_COUNTS, *OUTCOME, *LINE, HAS_STORIES, *PICTURE)
    .outerjoin(
        LedgerEntry.__table__,
        and_(
            _ledger.item_kind == ItemKind.EVENT.value,
            _ledger.item_id == EVENTS.c.id,
            _ledger.language == bindparam("language"),
        ),
    )
    .outerjoin(RESULTS, OF_EVENT)
    .outerjoin(INITIATIVES, OF_INITIATIVE)
    .outerjoin_from(EVENTS, IMAGES, is_cover_of(ItemKind.EVENT, EVENTS.c.id))
    .where(EVENTS.c.slug == bindparam("slug"))
)
# Where the parts of what was added end.
_PLAIN = len(_WORDS)
_COUNTED = _PLAIN + len(Counts._fields)
_TOLD = _COUNTED + len(OUTCOME)
_LINED = _TOLD + len(LINE)
_STORIED = _LINED + 1


def event_page(db: Session, visitor: Person | None, slug: str) -> tuple[Shown, Words]:
    """An event and what its page says beside it, for whoever may see it."""
    asked = {"slug": slug, "language": current_language.get()}
    found = shown_with(db, _PAGE, asked)
    if not found:
        raise NotFoundError
    event, row = found[0]
    if not is_visible(db, visitor, event):
        raise NotFoundError
    counted, told = row[_PLAIN:_COUNTED], row[_COUNTED:_TOLD]
    counts = None if counted[0] is None else Counts._make(counted)
    outcome = Outcome._make(told) if event.has_result else None
    line = Line._make(row[_TOLD:_LINED]) if row[_TOLD] else None
    cover = picture_from(row[_STORIED:])
    has_stories = bool(row[_LINED])
    return event, Words._make((*row[:_PLAIN], counts, outcome, line, cover, has_stories))
