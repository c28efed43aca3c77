"""What becomes of reports and decisions about comments that are taken back or erased."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.domain.accounts.people.models import Person
from portal.domain.moderation.models import Decision, Report
from portal.domain.stories.models import Comment


def forget(db: Session, person: Person) -> None:
    """Forget what is kept about somebody's comments, while it is known whose they are."""
    said = select(Comment.id).where(Comment.person_id == person.id)
    db.execute(delete(Report).where(Report.comment_id.in_(said)))
    db.execute(delete(Decision).where(Decision.comment_id.in_(said)))


def forget_decisions(db: Session, comment: Comment) -> None:
    """Decisions and the writer's appeals; reports stay, since their writers wait for an answer."""
    db.execute(delete(Decision).where(Decision.comment_id == comment.id))
