"""Taking stories and comments out of everybody's sight, and back, as moderators decide."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.domain.publishing.publication import Hiding, Visibility
from portal.domain.stories.models import Comment, CommentState, Story


def hide_all_of(db: Session, organization_id: int) -> None:
    """Hides what is not hidden yet."""
    db.execute(
        update(Story)
        .where(Story.organization_id == organization_id, Story.hidden_for.is_(None))
        .values(
            visibility_chosen=Story.visibility,
            visibility=Visibility.HIDDEN.value,
            hidden_for=Hiding.SUSPENSION.value,
        )
    )


def restore_all_of(db: Session, organization_id: int) -> None:
    """Ends what the suspension hid; what a decision hid stays hidden."""
    db.execute(
        update(Story)
        .where(
            Story.organization_id == organization_id,
            Story.hidden_for == Hiding.SUSPENSION.value,
        )
        .values(visibility=Story.visibility_chosen, visibility_chosen=None, hidden_for=None)
    )


def withhold(comment: Comment) -> None:
    """Only its writer and the story's editors read it; the editors cannot bring it back."""
    if comment.state not in {CommentState.WITHHELD, CommentState.REMOVED}:
        comment.state_chosen, comment.state = comment.state, CommentState.WITHHELD.value


def give_back(comment: Comment) -> None:
    """The comment is what it was before; one removed meanwhile stays removed."""
    if comment.state_chosen is not None:
        comment.state, comment.state_chosen = comment.state_chosen, None
