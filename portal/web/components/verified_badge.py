"""How an organisation was verified, by whom and until when, in words for everybody."""

from datetime import datetime

from portal.core.time_zones import ASTANA, wall_of
from portal.domain.organizations.models import Method, Organization
from portal.domain.organizations.rules import is_verified
from portal.i18n import dates
from portal.i18n.locale import gettext as _


def verified_badge(organization: Organization, now: datetime) -> str | None:
    """Return a sentence that names no person, or None if the organisation is not verified now."""
    until = organization.verified_until
    if until is None or organization.verified_by is None or not is_verified(until, now):
        return None
    day = dates.full(wall_of(until, ASTANA).date())
    if organization.verified_by == Method.DOMAIN:
        return _(
            "Verified by the portal’s administrators until %(day)s: "
            "it has proved that the domain %(domain)s is its own.",
            day=day,
            domain=organization.verified_domain or "—",
        )
    if organization.verified_by == Method.VOUCHING:
        return _(
            "Verified by the portal’s administrators until %(day)s: "
            "two verified organisations vouch for it.",
            day=day,
        )
    return _(
        "Verified by the portal’s administrators until %(day)s: they have seen a document.",
        day=day,
    )
