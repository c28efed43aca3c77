"""Reading invitations; whoever asks has come through the organisation's door, or has a link."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.encryption import seal_of
from portal.core.refusals import NotFoundError
from portal.core.tokens import digest
from portal.domain.organizations.models import Invitation, Organization


def invitations_since(db: Session, organization: Organization, since: datetime) -> int:
    """Return how many people were invited, whatever became of it."""
    return (
        db.scalar(
            select(func.count()).where(
                Invitation.organization_id == organization.id, Invitation.made_at > since
            )
        )
        or 0
    )


def open_invitations(
    db: Session, organization: Organization, now: datetime
) -> Sequence[tuple[Invitation, str | None]]:
    """Invitations that can still be accepted, latest first, with the address they went to."""
    found = db.scalars(
        select(Invitation)
        .where(
            Invitation.organization_id == organization.id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now,
        )
        .order_by(Invitation.id.desc())
    )
    seal = seal_of(db)
    return [
        (each, seal.open(each.email_sealed, "invitation.email") if each.email_sealed else None)
        for each in found
    ]


def invitation_with(db: Session, token: str) -> tuple[Invitation, Organization]:
    """Return the invitation a link leads to, used or not."""
    row = db.execute(
        select(Invitation, Organization)
        .join(Organization, Organization.id == Invitation.organization_id)
        .where(Invitation.digest == digest(token))
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return row.Invitation, row.Organization
