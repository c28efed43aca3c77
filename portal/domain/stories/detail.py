"""What a story's page says: the story with how far it is translated, and its cover, at once."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import and_, bindparam
from sqlalchemy.orm import Session

from portal.content.picture_html import Picture
from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.domain.accounts.people.models import Person
from portal.domain.events.related import INITIATIVES, IS_PUBLIC, LINE, Line
from portal.domain.publishing.images.queries import IMAGES, PICTURE, is_cover_of, picture_from
from portal.domain.publishing.publication import is_public
from portal.domain.publishing.translation_progress.models import LedgerEntry
from portal.domain.publishing.translation_progress.rules import Counts
from portal.domain.stories import rules
from portal.domain.stories.queries import SHOWN, STORIES, Shown, parts_in
from portal.i18n.locale import current_language
from portal.i18n.translated import Translated


class Words(NamedTuple):
    """What only the story's own page says."""

    editions: int
    sources: list[dict[str, str]]
    funding: str | None
    funding_note: Translated
    body: Translated
    body_html: dict[str, str]
    # How far it is translated into the reader's language.
    counts: Counts | None
    line: Line | None
    cover: Picture | None


_PLAIN_WORDS = ("editions", "sources", "funding", "funding_note", "body", "body_html")
_WORDS = tuple(STORIES.c[name] for name in _PLAIN_WORDS)
_ledger = LedgerEntry.__table__.c
_OF_STORY = and_(INITIATIVES.c.id == STORIES.c.initiative_id, IS_PUBLIC)
_PAGE = (
    SHOWN.add_columns(*_WORDS, *(_ledger[name] for name in Counts._fields), *LINE, *PICTURE)
    .outerjoin_from(
        STORIES,
        LedgerEntry.__table__,
        and_(
            _ledger.item_kind == ItemKind.STORY.value,
            _ledger.item_id == STORIES.c.id,
            _ledger.language == bindparam("language"),
        ),
    )
    .outerjoin_from(STORIES, INITIATIVES, _OF_STORY)
    .outerjoin_from(STORIES, IMAGES, is_cover_of(ItemKind.STORY, STORIES.c.id))
    .where(STORIES.c.slug == bindparam("slug"))
)
# Where the parts of a row end.
_STORY = len(Shown._fields)
_PLAIN = _STORY + len(_WORDS)
_COUNTED = _PLAIN + len(Counts._fields)
_LINED = _COUNTED + len(LINE)


def story_page(db: Session, visitor: Person | None, slug: str) -> tuple[Shown, Words]:
    """A story and what its page says beside it, for whoever may see it."""
    row = db.execute(_PAGE, {"slug": slug, "language": current_language.get()}).one_or_none()
    if row is None:
        raise NotFoundError
    story = Shown._make(row[:_STORY])
    if not is_public(story) and not rules.may_see(story, parts_in(db, visitor, story)):
        raise NotFoundError
    counted = row[_PLAIN:_COUNTED]
    counts = None if counted[0] is None else Counts._make(counted)
    line = Line._make(row[_COUNTED:_LINED]) if row[_COUNTED] else None
    cover = picture_from(row[_LINED:])
    return story, Words._make((*row[_STORY:_PLAIN], counts, line, cover))
