"""Taking all items of an organisation out of everybody's sight with it, and back."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.domain.publishing.publication import Hiding, Visibility


def hide_all_of(db: Session, kind: Any, organization_id: int) -> None:
    """Hide the items of a suspended organisation; `kind` is a model with Publication's columns."""
    db.execute(
        update(kind)
        .where(kind.organization_id == organization_id, kind.hidden_for.is_(None))
        .values(
            visibility_chosen=kind.visibility,
            visibility=Visibility.HIDDEN.value,
            hidden_for=Hiding.SUSPENSION.value,
        )
    )


def restore_all_of(db: Session, kind: Any, organization_id: int) -> None:
    """End what the suspension hid; what a decision hid stays hidden."""
    db.execute(
        update(kind)
        .where(kind.organization_id == organization_id, kind.hidden_for == Hiding.SUSPENSION.value)
        .values(visibility=kind.visibility_chosen, visibility_chosen=None, hidden_for=None)
    )
