"""What people are owed besides the emails about their events."""

import json

from sqlalchemy import select

from portal.core.encryption import seal_of
from portal.domain.emails.models import Notification


def notifications(db, about=None):
    """Rows of a kind, or all, in order, each with what it says as the worker opens it."""
    rows = select(Notification).order_by(Notification.id)
    found = db.scalars(rows if about is None else rows.where(Notification.about == about))
    return [(row, json.loads(seal_of(db).open(row.payload_sealed, "notice"))) for row in found]
