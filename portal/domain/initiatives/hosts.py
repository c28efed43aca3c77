"""Who holds an initiative, and what that makes of a person: the one place that every door asks."""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, select, union_all

from portal.domain.initiatives.models import Initiative, InitiativeHost
from portal.domain.organizations.hosting import Hosts

# A table, not an entity: with a mapped attribute in it, a statement takes the slower road.
INITIATIVES: Final = Initiative.__table__
HOSTS: Final = Hosts(INITIATIVES, InitiativeHost.__table__, "initiative_id")
roles_in = HOSTS.roles_in
_founded = INITIATIVES.alias().c


def hosted_by(organization_ids: Collection[int] | BindParameter[Any]) -> ColumnElement[bool]:
    """Founded or held by some organisations: one list of few, found by their own indexes."""
    founded = select(_founded.id).where(_founded.organization_id.in_(organization_ids))
    joined = HOSTS.joined_by(organization_ids)
    return INITIATIVES.c.id.in_(union_all(founded, joined))
