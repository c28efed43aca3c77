"""What becomes of somebody's stories and comments when everything about them is erased."""

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from portal.domain.accounts.people.models import Person
from portal.domain.stories.actions import delete_unpublished
from portal.domain.stories.models import Comment, CommentState, State, Story


def forget(db: Session, person: Person) -> None:
    """Own drafts go, and own stories that no organisation stands behind; comments are emptied.

    An organisation's stories stay, without the name. Whatever was typed and not saved, and the
    author's page, go with the person's row.
    """
    own = db.scalars(
        select(Story).where(
            Story.author_id == person.id,
            Story.is_by_author,
            or_(Story.state != State.PUBLISHED.value, Story.organization_id.is_(None)),
        )
    ).all()
    for story in own:
        delete_unpublished(db, story)
    db.execute(update(Story).where(Story.author_id == person.id).values(byline=""))
    db.execute(
        update(Comment)
        .where(Comment.person_id == person.id)
        .values(
            text="",
            byline="",
            state=CommentState.REMOVED.value,
            state_chosen=None,
            person_id=None,
        )
    )
