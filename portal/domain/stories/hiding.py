"""Taking an organisation's stories out of everybody's sight while it is suspended, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from portal.domain.stories.models import Story
from portal.publication import Hiding, Visibility

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


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
