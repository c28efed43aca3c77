"""When somebody is convinced of who an organisation is, and for how long. Pure decisions."""

from datetime import datetime, timedelta

from portal.core.refusals import Refusal
from portal.domain.organizations.models import Organization, VerificationRequest
from portal.i18n.locale import gettext_lazy as _

ENDORSEMENTS_NEEDED = 2
# For how long the administrators may say yes at once.
MONTHS = (6, 12, 24)
# Proving a domain makes the portal ask a stranger's server, so not again and again.
PROOF_AGAIN_AFTER = timedelta(minutes=1)
# A domain may be sold while the administrators take their time.
PROOF_GOOD_FOR = timedelta(days=7)
# What was proved is looked at again: from time to time, and daily while it is not there.
LOOK_EVERY = timedelta(days=30)
LOOK_AGAIN_AFTER = timedelta(days=1)
MAX_MISSES = 7


class ProofTooSoonError(Refusal):
    message = _("We looked a moment ago. Try again in a minute.")


class ProofMissingError(Refusal):
    message = _(
        "We found the proof neither in the DNS nor in the file. "
        "A new DNS record can take an hour to be seen; then try again."
    )


class NotRequestedError(Refusal):
    message = _("The organisation has not asked for this.")


class DomainNotProvedError(Refusal):
    message = _("The domain is not proved yet.")


class ProofStaleError(Refusal):
    message = _("The proof of the domain is too old. The organisation has to let us look again.")


class TooFewEndorsementsError(Refusal):
    message = _("Two verified organisations have to vouch for it; %(count)s did.")


class EndorsementUnfitError(Refusal):
    message = _("Only owners of another, verified organisation can vouch.")


def lasting(months: int) -> timedelta:
    """Return that many months, as long as they are on average."""
    return timedelta(days=30.4375 * months)


def is_proved(request: VerificationRequest, now: datetime) -> bool:
    """Return whether the domain asked for has been proved lately."""
    return request.proved_at is not None and now < request.proved_at + PROOF_GOOD_FOR


def seen_before_unseen(misses: int, now: datetime) -> datetime:
    """Return when to have looked last for the next look to be due in a day."""
    return now if misses else now + LOOK_AGAIN_AFTER - LOOK_EVERY


def is_look_due(organization: Organization, now: datetime) -> bool:
    """Return whether the proof that a verification rests on has to be looked at again."""
    looked_at, until = organization.proof_looked_at, organization.verified_until
    if organization.verified_token is None or looked_at is None or until is None or until <= now:
        return False
    return now >= looked_at + (LOOK_AGAIN_AFTER if organization.proof_misses else LOOK_EVERY)
