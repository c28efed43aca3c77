"""How often the same person may be written to about changes. Pure decisions."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from portal.core.refusals import Refusal
from portal.domain.emails.models import Email, Outgoing, State
from portal.i18n.locale import gettext_lazy as _

# What a notification said goes when it has left; that there was one, so long after it was due.
NOTIFICATION_RETENTION: Final = timedelta(days=90)
MAX_CHANGES: Final = 5
WITHIN: Final = timedelta(hours=1)


class UpdateLimitError(Refusal):
    message = _(
        "Whoever signed up has had %(most)s letters about changes within an hour. "
        "Wait a little, then make all further changes at once."
    )


def is_waiting(email: Outgoing, now: datetime) -> bool:
    """Return whether an email has not left and no worker is about to send it."""
    is_leased = email.leased_until is not None and email.leased_until > now
    return email.state == State.QUEUED and not is_leased


def check_pace(earlier: Iterable[Email], now: datetime) -> None:
    """Raise UpdateLimitError if these sent emails to one person allow no further one now."""
    leaving = [
        email.state == State.QUEUED or (email.sent_at is not None and email.sent_at > now - WITHIN)
        for email in earlier
        if not is_waiting(email, now)
    ]
    if sum(leaving) >= MAX_CHANGES:
        raise UpdateLimitError(most=MAX_CHANGES)
