"""What may be read back and brought back: a story's words and facts, at every save."""

from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.domain.publishing.images.queries import image_keys_in
from portal.domain.publishing.revisions import actions as history
from portal.domain.publishing.revisions.rules import Fact
from portal.domain.stories.models import Story
from portal.domain.stories.queries import related_initiative, related_slugs
from portal.domain.stories.rules import MAX_DRAFT_REVISIONS


def record_revision(
    db: Session, story: Story, now: datetime, *, is_small_fix: bool = False
) -> None:
    """Record a story as it is now; for the same transaction as the change.

    What a draft said is its writers' own, and only the last versions are kept. Names are left
    out: a history says what was said, never by whom.
    """
    facts = partial(_facts, db, story)
    history.add_revision(
        db,
        ItemKind.STORY,
        story,
        facts,
        now,
        is_small_fix=is_small_fix,
        max_drafts=MAX_DRAFT_REVISIONS,
    )


def _facts(db: Session, story: Story) -> dict[str, Fact]:
    return {
        "original": story.title.original,
        "title": story.title.texts(),
        "summary": story.summary.texts(),
        "body": story.body.texts(),
        "funding": story.funding,
        "funding_note": story.funding_note.texts(),
        "tags": [tag.tag for tag in story.tags],
        "events": related_slugs(db, story),
        "initiative": related_initiative(db, story) or None,
        # An address holds no space.
        "sources": [f"{each['url']} {each['label']}" for each in story.sources],
        "comments": story.comments,
        **image_keys_in(db, ItemKind.STORY, story.id, story.body_html),
    }
