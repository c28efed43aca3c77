"""What an event's own page says, in one question to the database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from portal.content.picture_html import Picture
from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.db.rows import columns_of, reader
from portal.domain.accounts.people.models import Person
from portal.domain.events.hosts import EVENTS
from portal.domain.events.queries import SHOWN, EventRow, is_visible, shown_with
from portal.domain.events.related import (
    HAS_STORIES,
    INITIATIVE_LINK,
    INITIATIVES,
    OF_EVENT,
    OF_INITIATIVE,
    OUTCOME,
    RESULTS,
    InitiativeLink,
    Outcome,
    initiative_from,
    outcome_from,
)
from portal.domain.publishing.images.queries import IMAGES, PICTURE, is_cover_of, picture_from
from portal.domain.publishing.translation_progress.models import LedgerEntry
from portal.domain.publishing.translation_progress.queries import COUNTS, counts_from, counts_in
from portal.domain.publishing.translation_progress.rules import Counts
from portal.i18n.locale import current_language
from portal.i18n.translated import Translated


@dataclass(frozen=True, slots=True)
class EventDetail:
    """What only the event's own page says."""

    funding: str | None
    funding_note: Translated
    editions: int
    description_html: dict[str, str]
    # How far all of it is translated into the reader's language; None if it was never counted.
    counts: Counts | None
    outcome: Outcome | None
    line: InitiativeLink | None
    cover: Picture | None
    # Whether any public story tells of it.
    has_stories: bool


_PAGE = (
    SHOWN.add_columns(
        *columns_of(EventDetail, EVENTS),
        *COUNTS,
        *OUTCOME,
        *INITIATIVE_LINK,
        HAS_STORIES.label("has_stories"),
        *PICTURE,
    )
    .outerjoin(LedgerEntry.__table__, counts_in(ItemKind.EVENT, EVENTS.c.id))
    .outerjoin(RESULTS, OF_EVENT)
    .outerjoin(INITIATIVES, OF_INITIATIVE)
    .outerjoin_from(EVENTS, IMAGES, is_cover_of(ItemKind.EVENT, EVENTS.c.id))
    .where(EVENTS.c.slug == bindparam("slug"))
)
_detail_of = reader(
    EventDetail,
    counts=counts_from,
    outcome=lambda row: outcome_from(row) if row.has_result else None,
    line=initiative_from,
    cover=picture_from,
    has_stories=lambda row: bool(row.has_stories),
)


def event_page(db: Session, visitor: Person | None, slug: str) -> tuple[EventRow, EventDetail]:
    """An event and what its page says beside it, for whoever may see it."""
    asked = {"slug": slug, "language": current_language.get()}
    found = shown_with(db, _PAGE, asked)
    if not found:
        raise NotFoundError
    event, row = found[0]
    if not is_visible(db, visitor, event):
        raise NotFoundError
    return event, _detail_of(row)
