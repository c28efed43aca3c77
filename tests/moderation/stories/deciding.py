"""What moderators decide about stories and comments, and what came of it."""

from sqlalchemy import select

from portal.domain.stories.models import Comment, Story
from tests.moderation.casework import claim
from tests.notifications import notifications

HIDE = {"measure": "hide", "decided_reason": "hate", "words": "It humiliates people."}


def told(database):
    """Of decisions: to whom, in which language, and what."""
    with database.reading() as db:
        return [(row.person_id, row.language, said) for row, said in notifications(db, "decision")]


def decide(browser, key, **form):
    claim(browser, key)
    return browser.post(f"/en/moderation/reports/{key}/decision", data=HIDE | form)


def story_of(db, cast, name="story"):
    return db.scalars(select(Story).where(Story.slug == cast[name])).one()


def comment_of(db, cast, name="comment"):
    return db.scalars(select(Comment).where(Comment.public_id == cast[name])).one()
