"""What a result may be, and when it is asked for. Pure decisions: no database, no clock."""

from datetime import datetime, timedelta
from typing import Final

from portal.core.refusals import Refusal
from portal.domain.events.models import Status
from portal.domain.events.rules import Facts, is_over
from portal.domain.feedback.rules import FEWEST
from portal.i18n.locale import gettext_lazy as _

# Of each of the three answers; a sentence or three are meant.
LONGEST_ANSWER: Final = 1_000
# After the end: when organisers are asked, and when it is too late to begin with it.
REQUESTED_AFTER: Final = timedelta(days=7)
NOT_REQUESTED_AFTER: Final = timedelta(days=21)
# How far back an organisation's events count for the share that has results.
COUNTED_FOR: Final = timedelta(days=730)
# And how many at most, so that a page costs the same however much they hold.
MAX_COUNTED: Final = 200
# Numbers below the first are rounded down to steps of the second; larger ones to the last's.
_STEPS: Final = ((10, 5), (100, 10), (1_000, 50), (10_000, 500))


class NotOverError(Refusal):
    message = _("A result can be written once the event has taken place.")


class HappenedNeededError(Refusal):
    message = _("Say what happened, in the original language.")


class ResultChangedMeanwhileError(Refusal):
    message = _(
        "Somebody else has saved this result since you opened it. Your texts are below; "
        "compare them with the page and save again."
    )


def has_taken_place(event: Facts, now: datetime) -> bool:
    """Return whether a result can be told: published, not called off, over."""
    return (
        event.published_at is not None and event.status == Status.SCHEDULED and is_over(event, now)
    )


def is_awaited(event: Facts, now: datetime, *, is_published: bool) -> bool:
    """Return whether everybody still waits to hear what came of it."""
    return not is_published and has_taken_place(event, now) and event.ends_at > now - COUNTED_FOR


def check_can_publish(event: Facts, now: datetime) -> None:
    """Raise NotOverError if the event is not over."""
    if not has_taken_place(event, now):
        raise NotOverError


def round_down(count: int) -> int | None:
    """Return how many took part, as precisely as the public is told: "at least"; None below five.

    Rounded, so that one who comes or goes is not seen; downwards, since whoever came without
    passing the portal is not in the count.
    """
    if count < FEWEST:
        return None
    step = next((step for below, step in _STEPS if count < below), _STEPS[-1][1])
    return count - count % step
