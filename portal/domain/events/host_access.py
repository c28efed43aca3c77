"""The doors to who holds an event: for its founder, for the invited, and for hosts that leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from portal.core.refusals import NotAllowedError, NotFoundError
from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Event, EventHost, HostState
from portal.domain.events.queries import managed_event
from portal.domain.organizations import queries as organizations
from portal.domain.organizations.models import Organization
from portal.domain.organizations.rules import may_edit


@dataclass(frozen=True, slots=True)
class Asked:
    """An invitation as those see it who may answer."""

    event: Event
    founder: Organization
    organization: Organization


def decides_on_hosts(db: Session, person: Person, event: Event) -> bool:
    """Whether somebody edits for the organisation that founded an event."""
    return may_edit(organizations.role_of(db, person, event.organization_id))


def founded_event(db: Session, person: Person, slug: str) -> Event:
    """An event to invite hosts to; those of other hosts see who holds it but do not decide."""
    event = managed_event(db, person, slug)
    if not decides_on_hosts(db, person, event):
        raise NotAllowedError
    return event


def invitation_to(db: Session, person: Person, slug: str, organization: str) -> EventHost:
    """An invitation, answered or not, for the editors of the invited organisation."""
    invited = organizations.edited_organization(db, person, organization)
    return _host(db, slug, invited)


def leavable_host(db: Session, person: Person, slug: str, organization: str) -> EventHost:
    """An invitation or a host that either side may end: its own editors, or the founder's."""
    named = organizations.organization_named(db, organization)
    if not may_edit(organizations.role_of(db, person, named.id)):
        founded_event(db, person, slug)
    return _host(db, slug, named)


def _host(db: Session, slug: str, organization: Organization) -> EventHost:
    host = db.scalars(
        select(EventHost)
        .join(Event, Event.id == EventHost.event_id)
        .where(Event.slug == slug, EventHost.organization_id == organization.id)
    ).one_or_none()
    if host is None:
        raise NotFoundError
    return host


def hosts_of(db: Session, event: Event) -> Sequence[tuple[EventHost, Organization]]:
    """Every organisation asked to hold an event, in the order of asking."""
    rows = db.execute(
        select(EventHost, Organization)
        .join(Organization, Organization.id == EventHost.organization_id)
        .where(EventHost.event_id == event.id)
        .order_by(EventHost.invited_at, Organization.slug)
    )
    return [(host, organization) for host, organization in rows]


def asked(db: Session, host: EventHost) -> Asked:
    """What an invitation is about."""
    event = db.get_one(Event, host.event_id)
    founder = db.get_one(Organization, event.organization_id)
    return Asked(event, founder, db.get_one(Organization, host.organization_id))


def open_invitations(db: Session, organization_ids: list[int]) -> Sequence[Asked]:
    """What some organisations are asked to hold; the caller passes those that somebody edits."""
    founder = aliased(Organization)
    rows = db.execute(
        select(Event, founder, Organization)
        .join(EventHost, EventHost.event_id == Event.id)
        .join(Organization, Organization.id == EventHost.organization_id)
        .join(founder, founder.id == Event.organization_id)
        .where(
            EventHost.organization_id.in_(organization_ids),
            EventHost.state == HostState.INVITED.value,
        )
        .order_by(EventHost.invited_at, Event.id)
    )
    return [Asked(event, asking, asked) for event, asking, asked in rows]
