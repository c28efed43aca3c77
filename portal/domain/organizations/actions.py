"""Who belongs to organisations: roles, invitations, leaving."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.core import tokens
from portal.core.encryption import seal_of
from portal.core.refusals import NotFoundError
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.rules import check_address
from portal.domain.organizations import invitations, queries, rules
from portal.domain.organizations.models import Invitation, Membership, Organization, Role


def invite(  # noqa: PLR0913 - an invitation has this many parts
    db: Session,
    organization: Organization,
    role: Role,
    now: datetime,
    address: str | None = None,
    *,
    by: Person | None = None,
    by_administrator: bool = False,
) -> str:
    """Return an invitation's token, shown once; with an address it is good for its owner alone."""
    if queries.is_suspended(db, organization.id):
        raise rules.SuspendedError
    address = check_address(address) if address else None
    db.refresh(organization, with_for_update=True)
    _check_invitations_left(db, organization, now)
    seal, token = seal_of(db), tokens.new_token()
    db.add(
        Invitation(
            digest=tokens.digest(token),
            organization_id=organization.id,
            role=role.value,
            email_sealed=seal.close(address, "invitation.email") if address else None,
            email_index=seal.index(address) if address else None,
            made_by=by.id if by else None,
            by_administrator=by_administrator,
            made_at=now,
            expires_at=now + rules.INVITATION_LASTS,
        )
    )
    db.flush()
    return token


def _check_invitations_left(db: Session, organization: Organization, now: datetime) -> None:
    made = invitations.invitations_since(db, organization, now - rules.A_WEEK)
    if made >= rules.MAX_INVITATIONS:
        raise rules.TooManyInvitationsError(most=rules.MAX_INVITATIONS)
    if rules.is_verified(organization.verified_until, now):
        return
    if made >= rules.MAX_INVITATIONS_UNVERIFIED:
        raise rules.TooManyUnverifiedInvitationsError(most=rules.MAX_INVITATIONS_UNVERIFIED)


def take_back(db: Session, organization: Organization, invitation_id: int, now: datetime) -> None:
    """End an open invitation of this organisation; it still counts for the week."""
    ended = db.execute(
        update(Invitation)
        .where(
            Invitation.id == invitation_id,
            Invitation.organization_id == organization.id,
            Invitation.accepted_at.is_(None),
        )
        .values(withdrawn_at=now, email_sealed=None, email_index=None)
    )
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFoundError


def accept(db: Session, person: Person, token: str, now: datetime) -> Organization:
    """Take the invitation's role; one statement spends it, so that two people cannot."""
    invitation, organization = invitations.invitation_with(db, token)
    if invitation.email_index not in {None, person.email_index}:
        raise rules.InvitationForAnotherError
    if invitation.made_by == person.id:
        raise rules.OwnInvitationError
    db.refresh(organization, with_for_update=True)
    if invitation.by_administrator and queries.has_active_owner(db, organization):
        raise rules.InvitationSpentError
    spent = db.execute(
        update(Invitation)
        .where(
            Invitation.digest == invitation.digest,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now,
        )
        .values(accepted_at=now, email_sealed=None, email_index=None)
    )
    if spent.rowcount != 1:  # type: ignore[attr-defined]
        raise rules.InvitationSpentError
    grant_role(db, organization, person, Role(invitation.role), now)
    return organization


def withdraw_invitations_to(db: Session, email_index: str, now: datetime) -> None:
    """End what an address was invited to, and forget it, as if each had been taken back."""
    db.execute(
        update(Invitation)
        .where(Invitation.email_index == email_index)
        .values(withdrawn_at=now, email_sealed=None, email_index=None)
    )


def forget_invitations(db: Session, now: datetime) -> int:
    """Delete invitations, and the addresses in them, that nobody can accept any more."""
    gone = db.execute(delete(Invitation).where(Invitation.expires_at <= now - rules.A_WEEK))
    return gone.rowcount  # type: ignore[attr-defined, no-any-return]


def grant_role(
    db: Session, organization: Organization, person: Person, role: Role, now: datetime
) -> None:
    """Make somebody what `role` says, whatever they were before."""
    db.refresh(organization, with_for_update=True)
    membership = db.get(Membership, (organization.id, person.id), populate_existing=True)
    if membership is None:
        db.add(
            Membership(
                organization_id=organization.id, person_id=person.id, role=role.value, since=now
            )
        )
        return
    if membership.role == Role.OWNER and role is not Role.OWNER:
        _check_another_owner(db, organization, person.id)
    membership.role = role.value


def remove_member(db: Session, organization: Organization, person_id: int) -> None:
    """End a membership."""
    db.refresh(organization, with_for_update=True)
    membership = db.get(Membership, (organization.id, person_id), populate_existing=True)
    if membership is None:
        raise NotFoundError
    if membership.role == Role.OWNER:
        _check_another_owner(db, organization, person_id)
    db.delete(membership)


def leave(db: Session, organization: Organization, person: Person) -> None:
    """End one's own membership; the last owner stays."""
    remove_member(db, organization, person.id)


def transfer_ownership(
    db: Session, organization: Organization, owner: Person, successor: Person, now: datetime
) -> None:
    """Make somebody else of the organisation its owner and leave it, in one step."""
    if successor.id == owner.id or successor.banned_at is not None:
        raise rules.SuccessorUnfitError
    grant_role(db, organization, successor, Role.OWNER, now)
    db.flush()
    remove_member(db, organization, owner.id)


def _check_another_owner(db: Session, organization: Organization, person_id: int) -> None:
    """Raise LastOwnerError if no owner who can act would be left without this person."""
    others = (
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.organization_id == organization.id,
            Membership.person_id != person_id,
            Membership.role == Role.OWNER.value,
            queries.CAN_ACT,
        )
    )
    if db.scalar(others.limit(1)) is None:
        raise rules.LastOwnerError
