"""What administrators decide about organisations: not about their own, and all of it logged."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from portal.domain.accounts.people.models import Person
from portal.domain.emails.actions import notify
from portal.domain.emails.models import NotificationKind
from portal.domain.moderation import audit_log, rules
from portal.domain.moderation.models import Act, TargetKind
from portal.domain.moderation.rules import Ground
from portal.domain.organizations import actions as organizations
from portal.domain.organizations import queries, verification, verified_badge
from portal.domain.organizations.models import Method, Organization, Role
from portal.domain.organizations.rules import OwnedError, may_own
from portal.domain.organizations.verified_badge import Proof
from portal.i18n.locale import LazyText
from portal.i18n.locale import gettext_lazy as _
from portal.net.domain_proof import Look

# What stands in the log where others have a method.
PROOF_LOST: Final = "proof-lost"
BECAME_ANOTHER: Final = "became-another"
NO_OWNER: Final = "no-owner"


class AdminAccessReason(StrEnum):
    """Why an administrator enters an organisation of others."""

    ASKED = "asked"
    REPORTED = "reported"
    VERIFYING = "verifying"
    NO_OWNER = NO_OWNER
    LAW = "law"


_DECLINED: Final = _(
    "The administrators of the portal have declined your request to verify the organisation. "
    "Reason: %(reason)s. You can ask anew."
)
_WITHDRAWN: Final = _(
    "The administrators of the portal have taken the verification back: the organisation is not "
    "verified any more. Reason: %(reason)s. You can ask for it anew."
)


def leave_trace(db: Session, act: Act, reason: AdminAccessReason, now: datetime) -> None:
    """Log what an administrator does in an organisation of others, with the reason."""
    audit_log.append(db, act, TargetKind.ORGANIZATION, reason.value, now)


def verify(
    db: Session,
    by: Person | None,
    organization: Organization,
    method: Method,
    lasts: timedelta,
    now: datetime,
) -> None:
    """Say that the portal knows an organisation; `by` is None for the operator's command."""
    _check_foreign(db, by, organization)
    verification.confirm(db, organization, method, lasts, now)
    audit_log.append(db, Act.VERIFY, TargetKind.ORGANIZATION, method.value, now)


def decline(
    db: Session, by: Person | None, organization: Organization, ground: Ground, now: datetime
) -> None:
    """Say no to what an organisation has asked for; its owners are told why."""
    _check_foreign(db, by, organization)
    verification.decline(db, organization)
    audit_log.append(db, Act.DECLINE_VERIFICATION, TargetKind.ORGANIZATION, ground.value, now)
    _notify_owners(db, organization, _DECLINED, ground, now)


def withdraw(
    db: Session, by: Person | None, organization: Organization, ground: Ground, now: datetime
) -> None:
    """Take a verification back; its owners are told why."""
    _check_foreign(db, by, organization)
    verification.withdraw(db, organization)
    audit_log.append(db, Act.WITHDRAW_VERIFICATION, TargetKind.ORGANIZATION, ground.value, now)
    _notify_owners(db, organization, _WITHDRAWN, ground, now)


def _notify_owners(
    db: Session, organization: Organization, outcome: LazyText, ground: Ground, now: datetime
) -> None:
    reason = rules.GROUNDS[ground]
    verified_badge.notify_owners(db, organization, lambda: str(outcome) % {"reason": reason}, now)


def _check_foreign(db: Session, by: Person | None, organization: Organization) -> None:
    if by is not None and queries.role_of(db, by, organization.id) is not None:
        raise rules.OwnOrganizationError


def record_check(
    db: Session, organization_id: int, proof: Proof, look: Look, now: datetime
) -> None:
    """Record a check of a proved domain; the end of a verification is logged."""
    if verified_badge.record_check(db, organization_id, proof, look, now):
        audit_log.append(db, Act.END_VERIFICATION, TargetKind.ORGANIZATION, PROOF_LOST, now)


def record_change(db: Session, now: datetime) -> None:
    """Log that a verification has ended because the organisation is called or is another."""
    audit_log.append(db, Act.END_VERIFICATION, TargetKind.ORGANIZATION, BECAME_ANOTHER, now)


def invite(
    db: Session,
    by: Person,
    organization: Organization,
    role: Role,
    now: datetime,
    address: str | None,
) -> str:
    """Owners invite whom they like; administrators only an owner, and only where there is none.

    Then its people are told, and so is everybody: no administrator becomes an owner in silence.
    """
    if may_own(queries.role_of(db, by, organization.id)):
        return organizations.invite(db, organization, role, now, address, by=by)
    db.refresh(organization, with_for_update=True)
    if role is not Role.OWNER or queries.has_active_owner(db, organization):
        raise OwnedError
    token = organizations.invite(
        db, organization, Role.OWNER, now, address, by=by, by_administrator=True
    )
    audit_log.append(db, Act.INVITE_OWNER, TargetKind.ORGANIZATION, NO_OWNER, now)
    for person, _role in queries.people_of(db, organization):
        notify(
            db,
            NotificationKind.OWNER_INVITED,
            now=now,
            language=person.language,
            person_id=person.id,
            organization=organization.name.localized(person.language).text,
        )
    return token
