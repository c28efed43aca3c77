"""Holding an initiative together: asking, answering, parting. Each locks the initiative first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from portal.core.refusals import NotAllowedError, NotFoundError
from portal.domain.accounts.people.models import Person
from portal.domain.events import host_rules
from portal.domain.events.models import HostState
from portal.domain.initiatives import revisions
from portal.domain.initiatives.models import Initiative, InitiativeHost
from portal.domain.initiatives.queries import lock, managed_initiative
from portal.domain.organizations import queries as organizations
from portal.domain.organizations.models import Organization
from portal.domain.organizations.rules import may_edit


@dataclass(frozen=True, slots=True)
class Asked:
    """An invitation as those see it who may answer."""

    initiative: Initiative
    founder: Organization
    organization: Organization


def decides_on_hosts(db: Session, person: Person, initiative: Initiative) -> bool:
    """Whether somebody edits for the organisation that founded an initiative."""
    return may_edit(organizations.role_of(db, person, initiative.organization_id))


def founded_initiative(db: Session, person: Person, slug: str) -> Initiative:
    """An initiative to invite hosts to, for the founder's editors alone."""
    initiative = managed_initiative(db, person, slug)
    if not decides_on_hosts(db, person, initiative):
        raise NotAllowedError
    return initiative


def invitation_to(db: Session, person: Person, slug: str, organization: str) -> InitiativeHost:
    """An invitation, answered or not, for the editors of the invited organisation."""
    return _host(db, slug, organizations.edited_organization(db, person, organization))


def leavable_host(db: Session, person: Person, slug: str, organization: str) -> InitiativeHost:
    """An invitation or a host that either side may end: its own editors, or the founder's."""
    named = organizations.organization_named(db, organization)
    if not may_edit(organizations.role_of(db, person, named.id)):
        founded_initiative(db, person, slug)
    return _host(db, slug, named)


def _host(db: Session, slug: str, organization: Organization) -> InitiativeHost:
    host = db.scalars(
        select(InitiativeHost)
        .join(Initiative, Initiative.id == InitiativeHost.initiative_id)
        .where(Initiative.slug == slug, InitiativeHost.organization_id == organization.id)
    ).one_or_none()
    if host is None:
        raise NotFoundError
    return host


def hosts_of(db: Session, initiative: Initiative) -> Sequence[tuple[InitiativeHost, Organization]]:
    """Every organisation asked to hold an initiative, in the order of asking."""
    rows = db.execute(
        select(InitiativeHost, Organization)
        .join(Organization, Organization.id == InitiativeHost.organization_id)
        .where(InitiativeHost.initiative_id == initiative.id)
        .order_by(InitiativeHost.invited_at, Organization.slug)
    )
    return [(host, organization) for host, organization in rows]


def open_invitations(db: Session, organization_ids: list[int]) -> Sequence[Asked]:
    """What some organisations are asked to hold; the caller passes those that somebody edits."""
    founder = aliased(Organization)
    rows = db.execute(
        select(Initiative, founder, Organization)
        .join(InitiativeHost, InitiativeHost.initiative_id == Initiative.id)
        .join(Organization, Organization.id == InitiativeHost.organization_id)
        .join(founder, founder.id == Initiative.organization_id)
        .where(
            InitiativeHost.organization_id.in_(organization_ids),
            InitiativeHost.state == HostState.INVITED.value,
        )
        .order_by(InitiativeHost.invited_at, Initiative.id)
    )
    return [Asked(*row) for row in rows]


def invite(db: Session, initiative: Initiative, organization: Organization, now: datetime) -> None:
    """Asks an organisation to hold it too; one that declined may be asked again."""
    organizations.check_not_suspended(db, initiative.organization_id, organization.id)
    lock(db, initiative)
    if organization.id == initiative.organization_id:
        raise host_rules.AlreadyHostError
    key = (initiative.id, organization.id)
    host = db.get(InitiativeHost, key, populate_existing=True)
    if host is not None and host.state != HostState.DECLINED:
        raise host_rules.AlreadyHostError
    if host is None:
        known = select(func.count()).where(InitiativeHost.initiative_id == initiative.id)
        if (db.scalar(known) or 0) + 1 >= host_rules.MOST_HOSTS:
            raise host_rules.TooManyHostsError(most=host_rules.MOST_HOSTS)
        host = InitiativeHost(initiative_id=initiative.id, organization_id=organization.id)
    host.state, host.invited_at, host.answered_at = HostState.INVITED.value, now, None
    db.add(host)


def answer(db: Session, host: InitiativeHost, state: HostState, now: datetime) -> None:
    """The invited organisation holds it from now on, or would rather not."""
    if state is HostState.ACCEPTED:
        founder_id = db.get_one(Initiative, host.initiative_id).organization_id
        organizations.check_not_suspended(db, founder_id, host.organization_id)
    initiative = _lock(db, host)
    if host.state != HostState.INVITED:
        raise host_rules.InvitationAnsweredError
    host.state, host.answered_at = state.value, now
    revisions.note(db, initiative, now)


def end(db: Session, host: InitiativeHost, now: datetime) -> None:
    """Takes an invitation back, or parts from a host; either side may, at any time."""
    initiative = _lock(db, host)
    db.delete(host)
    revisions.note(db, initiative, now)


def _lock(db: Session, host: InitiativeHost) -> Initiative:
    """Locks the initiative, then reads the host afresh: somebody may have ended it meanwhile."""
    key = (host.initiative_id, host.organization_id)
    initiative = lock(db, db.get_one(Initiative, host.initiative_id))
    if db.get(InitiativeHost, key, populate_existing=True) is None:
        raise NotFoundError
    return initiative
