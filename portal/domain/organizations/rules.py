"""Who may do what for an organisation. Pure predicates over a role."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from portal.core.refusals import NotAllowedError, NotFoundError, Refusal
from portal.domain.organizations.models import Invitation, Role
from portal.i18n.locale import gettext_lazy as _

# What a person is in the organisations that hold an item; empty for everybody else.
Roles: TypeAlias = frozenset[str]
A_WEEK = timedelta(days=7)
INVITATION_LASTS = A_WEEK
# How many invitations an organisation sends in a week, verified or not.
MAX_INVITATIONS = 50
MAX_INVITATIONS_UNVERIFIED = 5
MAX_FOUNDED_UNVERIFIED = 3
MAX_MESSAGES = 3
MAX_MESSAGES_OF_STRANGERS = 20
AN_HOUR = timedelta(hours=1)
LONGEST_MESSAGE = 2_000
LONGEST_NAME = 140
LONGEST_DESCRIPTION = 2_000
LONGEST_CITY = 80
# /manage/events/…, …/translations/…, …/images/… and /organizations/new are no organisation's.
RESERVED = frozenset({"events", "images", "initiatives", "new", "stories", "translations"})
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class SlugTakenError(Refusal):
    message = _("Another organisation already uses this short name.")
    field = "slug"


class SlugUnfitError(Refusal):
    message = _("Use small Latin letters, digits and single hyphens.")
    field = "slug"


class NameTakenError(Refusal):
    message = _(
        "Another organisation has this name or one that looks like it. "
        "Add what tells yours apart, such as the city."
    )


class NameNeededError(Refusal):
    message = _("Write the name in the original language.")


class TooManyFoundedError(Refusal):
    message = _(
        "You have founded %(most)s organisations that are not verified yet. "
        "Ask for the verification of one of them first."
    )


class TooManyInvitationsError(Refusal):
    message = _("Your organisation can invite %(most)s people a week. Try again in a few days.")


class TooManyUnverifiedInvitationsError(Refusal):
    message = _(
        "An organisation that is not verified can invite %(most)s people a week. "
        "Ask for verification, or try again in a few days."
    )


class InvitationForAnotherError(Refusal):
    message = _(
        "This invitation was sent to another e-mail address. "
        "Sign in with the account that has it, or ask for an invitation to your own."
    )


class OwnInvitationError(Refusal):
    message = _("You made this invitation yourself; somebody else has to accept it.")


class OwnedError(Refusal):
    message = _(
        "The owners of an organisation invite its people. Administrators invite only an owner, "
        "and only where nobody is one."
    )


class SuccessorUnfitError(Refusal):
    message = _("Choose somebody else of the organisation.")


class TooManyMessagesError(Refusal):
    message = _("You have written enough for this hour. Please try again later.")


class AddressNeededError(Refusal):
    message = _("Write an e-mail address, so that they can answer you.")
    field = "email"


class UnreachableError(Refusal):
    message = _("This organisation cannot be written to: no letter reaches those who run it.")


class LastOwnerError(Refusal):
    message = _("The last owner cannot leave or become something else. Make another owner first.")


class SuspendedError(Refusal):
    message = _("This organisation is suspended: it can neither publish nor invite for now.")


class InvitationSpentError(Refusal):
    message = _("This invitation has been used or has expired. Ask for a new one.")


def may_edit(role: str | None) -> bool:
    """Return whether someone with this role creates and changes events and sees who comes."""
    return role in {Role.OWNER, Role.EDITOR}


def may_analyse(role: str | None) -> bool:
    """Return whether someone with this role reads numbers and feedback."""
    return role in {Role.OWNER, Role.EDITOR, Role.ANALYST}


def may_translate(role: str | None) -> bool:
    """Return whether someone with this role puts events' words into other languages."""
    return role in {Role.OWNER, Role.EDITOR, Role.TRANSLATOR}


def may_check_in(role: str | None) -> bool:
    """Return whether someone with this role sees who is expected, and marks who has come."""
    return role in {Role.OWNER, Role.EDITOR, Role.CHECK_IN}


def may_own(role: str | None) -> bool:
    """Return whether someone with this role decides about the organisation's people."""
    return role == Role.OWNER


def check_roles(roles: Roles, may: Callable[[Roles], bool]) -> None:
    """Raise NotFoundError for those who are nothing in an item's hosts, else NotAllowedError."""
    if not roles:
        raise NotFoundError
    if not may(roles):
        raise NotAllowedError


def is_open(invitation: Invitation, now: datetime) -> bool:
    """Return whether an invitation can still be accepted."""
    return (
        invitation.accepted_at is None
        and invitation.withdrawn_at is None
        and invitation.expires_at > now
    )


def is_verified(until: datetime | None, now: datetime) -> bool:
    """Return whether the portal's administrators know who an organisation is."""
    return until is not None and now < until


def check_slug(slug: str) -> None:
    """Raise SlugUnfitError if `slug` cannot stand in an address."""
    if slug in RESERVED:
        raise SlugTakenError
    if not SLUG.fullmatch(slug):
        raise SlugUnfitError
