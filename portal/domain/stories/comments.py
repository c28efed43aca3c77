"""Comments: written by readers, shown and hidden by the story's editors, taken back by writers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import tokens
from portal.core.refusals import NotAllowedError, NotFoundError
from portal.core.text_rules import check_text
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.rules import tidy_name
from portal.domain.publishing.publication import is_public
from portal.domain.stories import notifications, rules
from portal.domain.stories.models import Comment, CommentMode, CommentState, Story
from portal.domain.stories.notifications import Address
from portal.domain.stories.queries import lock, parts_in, story_for


@dataclass(frozen=True, slots=True)
class CommentText:
    """A comment as it was typed, on a page in this language."""

    text: str
    byline: str
    language: str
    answers: str = ""


def comment_on(
    db: Session, story: Story, person: Person, said: CommentText, address: Address, now: datetime
) -> Comment:
    """Add a comment; where they are moderated it waits, and the editors are told."""
    if not (is_public(story) and rules.takes_comments(story.comments)):
        raise rules.NotCommentableError
    if not said.text:
        raise rules.CommentNeededError
    check_text(said.text, rules.LONGEST_COMMENT, "text", one_line=False)
    check_text(said.byline, rules.LONGEST_BYLINE, "byline")
    answered = _answered(db, story, said.answers) if said.answers else None
    is_trusted = rules.may_moderate_comments(story, parts_in(db, person, story))
    waits = story.comments == CommentMode.MODERATED and not is_trusted
    comment = Comment(
        public_id=tokens.new_public_id(),
        story_id=story.id,
        parent_id=answered.id if answered else None,
        person_id=person.id,
        byline=tidy_name(said.byline),
        language=said.language,
        text=said.text,
        state=(CommentState.WAITING if waits else CommentState.VISIBLE).value,
        posted_at=now,
    )
    db.add(comment)
    if waits:
        lock(db, story)  # two comments at once tell the editors once
        notifications.notify_comments(db, story, person, address, now)
    return comment


def _answered(db: Session, story: Story, public_id: str) -> Comment:
    comment = _comment(db, story, public_id)
    if comment.parent_id is not None or comment.state != CommentState.VISIBLE:
        raise rules.NotCommentableError
    return comment


def _comment(db: Session, story: Story, public_id: str) -> Comment:
    found = db.scalars(
        select(Comment).where(Comment.story_id == story.id, Comment.public_id == public_id)
    ).one_or_none()
    if found is None or found.state == CommentState.REMOVED:
        raise NotFoundError
    return found


def own_comment(db: Session, person: Person, slug: str, public_id: str) -> Comment:
    """Return a comment for whoever has written it; everybody else's are not found."""
    comment = _comment(db, story_for(db, person, slug), public_id)
    if comment.person_id != person.id:
        raise NotFoundError
    return comment


def moderated_comment(db: Session, person: Person, slug: str, public_id: str) -> Comment:
    """Return a comment for the editors of the story it is on."""
    story = story_for(db, person, slug)
    parts = parts_in(db, person, story)
    if not parts:
        raise NotFoundError
    comment = _comment(db, story, public_id)
    is_withheld = comment.state == CommentState.WITHHELD
    if is_withheld or not rules.may_moderate_comments(story, parts):
        raise NotAllowedError
    return comment


def comment_for(db: Session, visitor: Person | None, public_id: str) -> tuple[Comment, Story]:
    """Return a comment and its story for whoever can read both on the story's page."""
    known = select(Story.slug).join(Comment, Comment.story_id == Story.id)
    slug = db.scalar(known.where(Comment.public_id == public_id))
    if slug is None:
        raise NotFoundError
    story = story_for(db, visitor, slug)
    comment = _comment(db, story, public_id)
    is_own = visitor is not None and comment.person_id == visitor.id
    may_moderate = rules.may_moderate_comments(story, parts_in(db, visitor, story))
    if not is_public(story) or not (
        comment.state == CommentState.VISIBLE or is_own or may_moderate
    ):
        raise NotFoundError
    return comment, story


def show(comment: Comment) -> None:
    """Everybody reads it from now on."""
    comment.state = CommentState.VISIBLE.value


def hide(comment: Comment) -> None:
    """Only its writer and the story's editors read it from now on."""
    comment.state = CommentState.HIDDEN.value


def remove(comment: Comment) -> None:
    """Nothing of it stays but its place, so that answers still stand below something."""
    comment.text = comment.byline = ""
    comment.person_id = comment.state_chosen = None
    comment.state = CommentState.REMOVED.value


def comments_by(db: Session, person: Person) -> Sequence[Comment]:
    """Return all that somebody has said, for the archive of whoever asks."""
    return db.scalars(
        select(Comment).where(Comment.person_id == person.id).order_by(Comment.id)
    ).all()


def last_byline(db: Session, person: Person) -> str:
    """Return the name somebody has last commented under."""
    last = select(Comment.byline).where(Comment.person_id == person.id)
    return db.scalar(last.order_by(Comment.id.desc()).limit(1)) or ""


def withhold(comment: Comment) -> None:
    """Only its writer and the story's editors read it; the editors cannot bring it back."""
    if comment.state not in {CommentState.WITHHELD, CommentState.REMOVED}:
        comment.state_chosen, comment.state = comment.state, CommentState.WITHHELD.value


def withdraw_removal(comment: Comment) -> None:
    """Withdraw a removal by decision; a comment removed meanwhile stays removed."""
    if comment.state_chosen is not None:
        comment.state, comment.state_chosen = comment.state_chosen, None
