"""How long a closed account waits, when an idle one is asked about, and who cannot go yet."""

from datetime import timedelta
from typing import Final

from portal.core.refusals import Refusal
from portal.i18n.locale import gettext_lazy as _

# Between closing and erasing; signing in meanwhile offers the way back.
REACTIVATION_PERIOD: Final = timedelta(days=7)
# Twenty-four months without a sign-in, then a month to answer our email from when it has left.
IDLE_AFTER: Final = timedelta(days=730)
ANSWER_WITHIN: Final = timedelta(days=30)
# An email that could not be delivered is written anew.
NOTIFY_AGAIN_AFTER: Final = timedelta(days=30)
# Whoever cannot be asked, for want of an address or for a ban, goes after sixty months.
UNASKED_AFTER: Final = timedelta(days=1_826)
# Of the last sign-in only the day is known.
A_DAY: Final = timedelta(days=1)


class OwnershipTransferNeededError(Refusal):
    message = _(
        "You are the last owner of %(organization)s. Hand it over first: make another owner."
    )
