"""What may come of an invitation to hold an event together. Pure decisions."""

from __future__ import annotations

from portal.core.refusals import Refusal
from portal.i18n.locale import gettext_lazy as _

# With the one that founded it; open invitations count.
MOST_HOSTS = 10


class AlreadyHostError(Refusal):
    """Invited twice, or the founder itself."""

    message = _("This organisation has been invited already.")
    field = "organization"


class TooManyHostsError(Refusal):
    """More than a line of names can hold."""

    message = _("At most %(most)s organisations hold one event together.")
    field = "organization"


class InvitationAnsweredError(Refusal):
    """Accepted or declined before."""

    message = _("This invitation has been answered already.")
