"""Who has attended an event."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.db.changes.writes import change_public_content
from portal.domain.events.models import Event
from portal.domain.events.rules import is_over
from portal.domain.registrations.models import Registration


def set_attended(
    db: Session, event: Event, registration: Registration, at: datetime | None, now: datetime
) -> None:
    """Record when somebody came to an event; None for nobody.

    An initiative's page counts those who came to its past events.
    """
    registration.attended_at = at
    if is_over(event, now):
        change_public_content(db)
