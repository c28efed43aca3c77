"""Founding organisations, and who belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from portal import tokens
from portal.domain.organizations import queries, rules
from portal.domain.organizations.models import Invitation, Membership, Organization, Role
from portal.domain.people.models import Person
from portal.refusals import NotFoundError
from portal.texts import check_text, check_texts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.translated import Translated


def found(  # noqa: PLR0913 - an organisation has this many parts
    db: Session,
    *,
    slug: str,
    name: Translated,
    description: Translated,
    kind: str,
    city: str,
    country: str,
    time_zone: str,
    now: datetime,
) -> Organization:
    """A new organisation without people; invite an owner next."""
    rules.check_slug(slug)
    check_texts(name, rules.LONGEST_NAME, "name")
    check_texts(description, rules.LONGEST_DESCRIPTION, "description", one_line=False)
    check_text(city, rules.LONGEST_NAME, "city")
    if db.scalar(select(Organization.id).where(Organization.slug == slug)) is not None:
        raise rules.SlugTakenError
    organization = Organization(
        slug=slug,
        name=name,
        description=description,
        kind=kind,
        city=city,
        country=country,
        time_zone=time_zone,
        created_at=now,
    )
    db.add(organization)
    db.flush()
    return organization


def invite(db: Session, organization: Organization, role: Role, now: datetime) -> str:
    """A link's token for whoever shall have `role`; shown once, kept as its hash."""
    if queries.is_suspended(db, organization.id):
        raise rules.SuspendedError
    token = tokens.new_token()
    db.add(
        Invitation(
            digest=tokens.digest(token),
            organization_id=organization.id,
            role=role.value,
            expires_at=now + rules.INVITATION_LASTS,
        )
    )
    return token


def accept(db: Session, person: Person, token: str, now: datetime) -> Organization:
    """Takes the invitation's role; one statement spends it, so that two people cannot."""
    invitation, organization = queries.invitation_with(db, token)
    spent = db.execute(
        update(Invitation)
        .where(
            Invitation.digest == invitation.digest,
            Invitation.accepted_at.is_(None),
            Invitation.expires_at > now,
        )
        .values(accepted_at=now)
    )
    if spent.rowcount != 1:  # type: ignore[attr-defined]
        raise rules.InvitationSpentError
    give_role(db, organization, person, Role(invitation.role), now)
    return organization


def give_role(
    db: Session, organization: Organization, person: Person, role: Role, now: datetime
) -> None:
    """Makes somebody what `role` says, whatever they were before."""
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
        _check_another_owner(db, organization)
    membership.role = role.value


def dismiss(db: Session, organization: Organization, person_id: int) -> None:
    """Ends a membership."""
    db.refresh(organization, with_for_update=True)
    membership = db.get(Membership, (organization.id, person_id), populate_existing=True)
    if membership is None:
        raise NotFoundError
    if membership.role == Role.OWNER:
        _check_another_owner(db, organization)
    db.delete(membership)


def _check_another_owner(db: Session, organization: Organization) -> None:
    owners = db.scalar(
        select(func.count())
        .select_from(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.organization_id == organization.id,
            Membership.role == Role.OWNER.value,
            Person.closed_at.is_(None),
        )
    )
    if (owners or 0) <= 1:
        raise rules.LastOwnerError
