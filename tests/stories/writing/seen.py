"""What is written down of stories, and who was told."""

from sqlalchemy import func, select

from portal.domain.emails.models import Notification
from portal.domain.publishing.revisions.models import Revision
from portal.domain.stories.models import Story
from tests.factories import (
    make_own_story,
)


def own(database, member, **changes):
    with database.writing() as db:
        return make_own_story(db, db.merge(member), **changes).slug


def stored(database, slug):
    with database.reading() as db:
        return db.scalars(select(Story).where(Story.slug == slug)).one()


def versions(database, *conditions):
    """How many versions of stories there are."""
    with database.reading() as db:
        count = select(func.count()).select_from(Revision)
        return db.scalar(count.where(Revision.item_kind == "story", *conditions))


def notices(database, about):
    with database.reading() as db:
        found = db.scalars(
            select(Notification).where(Notification.about == about).order_by(Notification.person_id)
        )
        return [notice.person_id for notice in found]
