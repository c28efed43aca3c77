"""Taking events out of everybody's sight, and back, as moderators decide."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.domain.events.models import Event, Hiding, Visibility


def hide(event: Event, cause: Hiding) -> None:
    """Takes an event out of everybody's sight but that of its own people."""
    if event.hidden_for is None:
        event.visibility_chosen, event.visibility = event.visibility, Visibility.HIDDEN.value
    event.hidden_for = cause.value


def restore(event: Event) -> None:
    """Shows an event again to whomever its organisers have chosen."""
    if event.visibility_chosen is not None:
        event.visibility, event.visibility_chosen = event.visibility_chosen, None
    event.hidden_for = None


def hide_all_of(db: Session, organization_id: int) -> None:
    """Hides what is not hidden yet, because the organisation is suspended."""
    db.execute(
        update(Event)
        .where(Event.organization_id == organization_id, Event.hidden_for.is_(None))
        .values(
            visibility_chosen=Event.visibility,
            visibility=Visibility.HIDDEN.value,
            hidden_for=Hiding.SUSPENSION.value,
        )
    )


def restore_all_of(db: Session, organization_id: int) -> None:
    """Ends what the suspension hid; what a decision hid stays hidden."""
    db.execute(
        update(Event)
        .where(
            Event.organization_id == organization_id,
            Event.hidden_for == Hiding.SUSPENSION.value,
        )
        .values(visibility=Event.visibility_chosen, visibility_chosen=None, hidden_for=None)
    )
