"""Holding an event together: asking, answering, parting. Each locks the event first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.refusals import NotFoundError
from portal.domain.events import host_rules, revisions
from portal.domain.events.models import Event, EventHost, HostState
from portal.domain.events.queries import lock, lock_by_id
from portal.domain.organizations.models import Organization
from portal.domain.organizations.queries import check_not_suspended


def invite(db: Session, event: Event, organization: Organization, now: datetime) -> None:
    """Asks an organisation to hold the event too; one that declined may be asked again."""
    check_not_suspended(db, event.organization_id, organization.id)
    lock(db, event)
    if organization.id == event.organization_id:
        raise host_rules.AlreadyHostError
    host = db.get(EventHost, (event.id, organization.id), populate_existing=True)
    if host is not None and host.state != HostState.DECLINED:
        raise host_rules.AlreadyHostError
    if host is None:
        _check_room(db, event)
        host = EventHost(event_id=event.id, organization_id=organization.id)
        db.add(host)
    host.state = HostState.INVITED.value
    host.invited_at, host.answered_at = now, None


def _check_room(db: Session, event: Event) -> None:
    asked = db.scalar(select(func.count()).where(EventHost.event_id == event.id)) or 0
    if asked + 1 >= host_rules.MOST_HOSTS:
        raise host_rules.TooManyHostsError(most=host_rules.MOST_HOSTS)


def accept(db: Session, host: EventHost, now: datetime) -> Event:
    """The invited organisation holds the event from now on."""
    founder_id = db.get_one(Event, host.event_id).organization_id
    check_not_suspended(db, founder_id, host.organization_id)
    return _answer(db, host, HostState.ACCEPTED, now)


def decline(db: Session, host: EventHost, now: datetime) -> Event:
    """The invited organisation would rather not."""
    return _answer(db, host, HostState.DECLINED, now)


def _answer(db: Session, host: EventHost, state: HostState, now: datetime) -> Event:
    event = _lock(db, host)
    if host.state != HostState.INVITED:
        raise host_rules.InvitationAnsweredError
    host.state, host.answered_at = state.value, now
    revisions.note(db, event, now)
    return event


def end(db: Session, host: EventHost, now: datetime) -> None:
    """Takes an invitation back, or parts from a host; either side may, at any time."""
    event = _lock(db, host)
    db.delete(host)
    revisions.note(db, event, now)


def _lock(db: Session, host: EventHost) -> Event:
    """Locks the event, then reads the host afresh: somebody may have ended it meanwhile."""
    key = (host.event_id, host.organization_id)
    event = lock_by_id(db, host.event_id)
    if db.get(EventHost, key, populate_existing=True) is None:
        raise NotFoundError
    return event
