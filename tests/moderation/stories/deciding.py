"""What moderators decide about stories and comments, and what came of it."""

import json

from sqlalchemy import select

from portal.domain.emails.models import Notification
from portal.domain.stories.models import Comment, Story
from tests.moderation.casework import claim

HIDE = {"measure": "hide", "decided_reason": "hate", "words": "It humiliates people."}


def told(database):
    """Of decisions: to whom, in which language, and what."""
    with database.reading() as db:
        seal = db.info["seal"]
        found = db.scalars(
            select(Notification).where(Notification.about == "decision").order_by(Notification.id)
        )
        return [
            (row.person_id, row.language, json.loads(seal.open(row.payload_sealed, "notice")))
            for row in found
        ]


def decide(browser, key, **form):
    claim(browser, key)
    return browser.post(f"/en/moderation/reports/{key}/decision", data=HIDE | form)


def story_of(db, cast, name="story"):
    return db.scalars(select(Story).where(Story.slug == cast[name])).one()


def comment_of(db, cast, name="comment"):
    return db.scalars(select(Comment).where(Comment.public_id == cast[name])).one()
