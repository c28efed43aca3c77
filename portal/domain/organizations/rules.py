"""Who may do what for an organisation. Pure predicates over a role."""

from __future__ import annotations

import re
from datetime import timedelta

from portal.domain.organizations.models import Role
from portal.i18n import gettext_lazy as _
from portal.refusals import Refusal

INVITATION_LASTS = timedelta(days=7)
LONGEST_NAME = 140
LONGEST_DESCRIPTION = 2_000
# /organizing/events/… is no organisation's.
RESERVED = frozenset({"events"})
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class SlugTakenError(Refusal):
    """Another organisation has this address."""

    message = _("Another organisation already uses this short name.")
    field = "slug"


class SlugUnfitError(Refusal):
    """Not a short name."""

    message = _("Use small Latin letters, digits and single hyphens.")
    field = "slug"


class LastOwnerError(Refusal):
    """Without an owner nobody could manage the organisation."""

    message = _("The last owner cannot leave or become something else. Make another owner first.")


class SuspendedError(Refusal):
    """The moderators have suspended the organisation."""

    message = _("This organisation is suspended: it can neither publish nor invite for now.")


class InvitationSpentError(Refusal):
    """The invitation has been used or is past its time."""

    message = _("This invitation has been used or has expired. Ask for a new one.")


def may_edit(role: str | None) -> bool:
    """Whether someone with this role creates and changes events and sees who comes."""
    return role in {Role.OWNER, Role.EDITOR}


def may_analyse(role: str | None) -> bool:
    """Whether someone with this role reads numbers and feedback."""
    return role in {Role.OWNER, Role.EDITOR, Role.ANALYST}


def may_own(role: str | None) -> bool:
    """Whether someone with this role decides about the organisation's people."""
    return role == Role.OWNER


def check_slug(slug: str) -> None:
    """Raises SlugUnfitError if `slug` cannot stand in an address."""
    if slug in RESERVED:
        raise SlugTakenError
    if not SLUG.fullmatch(slug):
        raise SlugUnfitError
