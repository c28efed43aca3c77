"""What a story's page says: the story with how far it is translated, and its cover, at once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, bindparam
from sqlalchemy.orm import Session

from portal.content.picture_html import Picture
from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.db.rows import columns_of, reader
from portal.domain.accounts.people.models import Person
from portal.domain.events.related import (
    INITIATIVE_LINK,
    INITIATIVES,
    IS_PUBLIC,
    InitiativeLink,
    initiative_from,
)
from portal.domain.publishing.images.queries import IMAGES, PICTURE, is_cover_of, picture_from
from portal.domain.publishing.publication import is_public
from portal.domain.publishing.translation_progress.models import LedgerEntry
from portal.domain.publishing.translation_progress.queries import COUNTS, counts_from, counts_in
from portal.domain.publishing.translation_progress.rules import Counts
from portal.domain.stories import rules
from portal.domain.stories.queries import SHOWN, STORIES, StoryRow, parts_in, story_from
from portal.i18n.locale import current_language
from portal.i18n.translated import Translated


@dataclass(frozen=True, slots=True)
class StoryDetail:
    """What only the story's own page says."""

    editions: int
    sources: list[dict[str, str]]
    funding: str | None
    funding_note: Translated
    body: Translated
    body_html: dict[str, str]
    # How far it is translated into the reader's language.
    counts: Counts | None
    line: InitiativeLink | None
    cover: Picture | None


_OF_STORY = and_(INITIATIVES.c.id == STORIES.c.initiative_id, IS_PUBLIC)
_PAGE = (
    SHOWN.add_columns(*columns_of(StoryDetail, STORIES), *COUNTS, *INITIATIVE_LINK, *PICTURE)
    .outerjoin_from(STORIES, LedgerEntry.__table__, counts_in(ItemKind.STORY, STORIES.c.id))
    .outerjoin_from(STORIES, INITIATIVES, _OF_STORY)
    .outerjoin_from(STORIES, IMAGES, is_cover_of(ItemKind.STORY, STORIES.c.id))
    .where(STORIES.c.slug == bindparam("slug"))
)
_detail_of = reader(StoryDetail, counts=counts_from, line=initiative_from, cover=picture_from)


def story_page(db: Session, visitor: Person | None, slug: str) -> tuple[StoryRow, StoryDetail]:
    """A story and what its page says beside it, for whoever may see it."""
    row = db.execute(_PAGE, {"slug": slug, "language": current_language.get()}).one_or_none()
    if row is None:
        raise NotFoundError
    story = story_from(row)
    if not is_public(story) and not rules.may_see(story, parts_in(db, visitor, story)):
        raise NotFoundError
    return story, _detail_of(row)
