"""Who holds an event, and what that makes of a person: the one place that every door asks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Protocol

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session

from portal.core.refusals import NotAllowedError
from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Event, EventHost, HostState
from portal.domain.events.rules import Roles
from portal.domain.organizations.models import Membership, Organization
from portal.domain.organizations.rules import may_edit
from portal.i18n.translated import Translated


@dataclass(frozen=True, slots=True)
class Host:
    """An organisation that holds an event, as lists and pages name it."""

    slug: str
    name: Translated


# Tables, not entities: with a mapped attribute anywhere in it, a statement takes the slower road.
EVENTS = Event.__table__
_hosts = EventHost.__table__.c
_joined = Organization.__table__.alias()
# Written into the statement: a separator given as a value is put in anew at every execution.
COMMA: Final[Any] = literal_column("','")
# Two texts in one piece of JSON: a slug needs no escape there, and a name is JSON already.
JOINED_HOSTS = (
    select(
        func.aggregate_strings(
            literal_column('\'{"slug":"\'')
            + _joined.c.slug
            + literal_column('\'","name":\'')
            + cast(_joined.c.name, Text)
            + literal_column("'}'"),
            COMMA,
        )
    )
    .join_from(EventHost.__table__, _joined, _joined.c.id == _hosts.organization_id)
    .where(_hosts.event_id == EVENTS.c.id, _hosts.state == literal_column("'accepted'"))
    .correlate(EVENTS)
    .scalar_subquery()
)


@lru_cache(maxsize=1024)
def hosts_from(joined: str) -> tuple[Host, ...]:
    """The organisations of JOINED_HOSTS, by slug."""
    rows = sorted(json.loads(f"[{joined}]"), key=lambda row: str(row["slug"]))
    return tuple(Host(row["slug"], Translated.from_json(row["name"])) for row in rows)


# Who has joined what others founded has no part in it while suspended; an event of a founder that
# is suspended is hidden instead.
SUSPENDED = select(Organization.__table__.c.id).where(
    Organization.__table__.c.suspended_at.is_not(None)
)
TAKES_PART = and_(
    _hosts.state == HostState.ACCEPTED.value, _hosts.organization_id.not_in(SUSPENDED)
)


def held_by(organization_ids: BindParameter[Any]) -> ColumnElement[bool]:
    """Founded or held by some organisations; the list of what they joined is read once."""
    joined = select(_hosts.event_id).where(_hosts.organization_id.in_(organization_ids), TAKES_PART)
    return or_(EVENTS.c.organization_id.in_(organization_ids), EVENTS.c.id.in_(joined))


def held_apart(
    organization_ids: BindParameter[Any], *columns: ColumnElement[Any]
) -> tuple[Select[Any], Select[Any]]:
    """Columns of the events that some organisations founded, and of those that they joined.

    Each comes from an index: with "or" between them, all that was ever held is read, and by SQLite
    all that is public, for an organisation that holds little.
    """
    founded = select(*columns).where(EVENTS.c.organization_id.in_(organization_ids))
    joined = select(*columns).join(EventHost.__table__, _hosts.event_id == EVENTS.c.id)
    return founded, joined.where(_hosts.organization_id.in_(organization_ids), TAKES_PART)


# Every organisation that holds an event, its founder among them: who else has a say is nobody.
_members = Membership.__table__.c
_HOLDING = or_(
    _members.organization_id == bindparam("founder"),
    _members.organization_id.in_(
        select(_hosts.organization_id).where(_hosts.event_id == bindparam("event"), TAKES_PART)
    ),
)
# By the numbers of the person, the event and its founder.
MEMBERSHIPS = select(_members.organization_id, _members.role).where(
    _members.person_id == bindparam("person"), _HOLDING
)
_MEMBERSHIPS = MEMBERSHIPS.order_by(_members.organization_id)


class Held(Protocol):
    """An event or a row of a list."""

    @property
    def id(self) -> int: ...  # noqa: D102
    @property
    def organization_id(self) -> int: ...  # noqa: D102


def roles_in(db: Session, person: Person | None, event: Held) -> Roles:
    """What a person is in the organisations that hold an event now.

    Every door to an event asks here, on every request, so that a host that leaves and a role
    that ends act on the next.
    """
    if person is None:
        return frozenset()
    return frozenset(role for _organization_id, role in _memberships(db, person, event))


def edited_host(db: Session, person: Person, event: Held) -> int:
    """The organisation for which somebody edits an event: its founder's before any other's."""
    editing = [
        organization_id
        for organization_id, role in _memberships(db, person, event)
        if may_edit(role)
    ]
    if not editing:
        raise NotAllowedError
    return event.organization_id if event.organization_id in editing else editing[0]


def _memberships(db: Session, person: Person, event: Held) -> list[tuple[int, str]]:
    values = {"person": person.id, "event": event.id, "founder": event.organization_id}
    return [(row.organization_id, row.role) for row in db.execute(_MEMBERSHIPS, values)]
