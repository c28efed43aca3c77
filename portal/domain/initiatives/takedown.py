"""Taking an organisation's initiatives out of everybody's sight with it, and back."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.domain.initiatives.models import Initiative
from portal.domain.publishing.publication import Hiding, Visibility


def hide_all_of(db: Session, organization_id: int) -> None:
    """Hides what is not hidden yet, because the organisation is suspended."""
    db.execute(
        update(Initiative)
        .where(Initiative.organization_id == organization_id, Initiative.hidden_for.is_(None))
        .values(
            visibility_chosen=Initiative.visibility,
            visibility=Visibility.HIDDEN.value,
            hidden_for=Hiding.SUSPENSION.value,
        )
    )


def restore_all_of(db: Session, organization_id: int) -> None:
    """Ends what the suspension hid; what a decision hid stays hidden."""
    db.execute(
        update(Initiative)
        .where(
            Initiative.organization_id == organization_id,
            Initiative.hidden_for == Hiding.SUSPENSION.value,
        )
        .values(visibility=Initiative.visibility_chosen, visibility_chosen=None, hidden_for=None)
    )
