"""Who holds an initiative, and what that makes of a person: the one place that every door asks."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import Text, bindparam, cast, func, literal_column, or_, select
from sqlalchemy.orm import Session

from portal.domain.accounts.people.models import Person
from portal.domain.events.hosts import COMMA, SUSPENDED
from portal.domain.events.models import HostState
from portal.domain.events.rules import Roles
from portal.domain.initiatives.models import Initiative, InitiativeHost
from portal.domain.organizations.models import Membership, Organization

# Tables, not entities: with a mapped attribute anywhere in it, a statement takes the slower road.
INITIATIVES = Initiative.__table__
_hosts = InitiativeHost.__table__.c
_joined = Organization.__table__.alias()
# As events.hosts.JOINED_HOSTS, and read by the same hosts_from.
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
    .join_from(InitiativeHost.__table__, _joined, _joined.c.id == _hosts.organization_id)
    .where(_hosts.initiative_id == INITIATIVES.c.id, _hosts.state == literal_column("'accepted'"))
    .correlate(INITIATIVES)
    .scalar_subquery()
)
_ROLES = select(Membership.role).where(
    Membership.person_id == bindparam("person"),
    or_(
        Membership.organization_id == bindparam("founder"),
        Membership.organization_id.in_(
            select(_hosts.organization_id).where(
                _hosts.initiative_id == bindparam("initiative"),
                _hosts.state == HostState.ACCEPTED.value,
                _hosts.organization_id.not_in(SUSPENDED),
            )
        ),
    ),
)


class Held(Protocol):
    """An initiative or a row of a list."""

    @property
    def id(self) -> int: ...  # noqa: D102
    @property
    def organization_id(self) -> int: ...  # noqa: D102


def roles_in(db: Session, person: Person | None, initiative: Held) -> Roles:
    """What a person is in the organisations that hold an initiative now; asked on every request."""
    if person is None:
        return frozenset()
    values = {
        "person": person.id,
        "initiative": initiative.id,
        "founder": initiative.organization_id,
    }
    return frozenset(db.scalars(_ROLES, values))
