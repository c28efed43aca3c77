"""Who holds an initiative, and what that makes of a person: the one place that every door asks."""

from __future__ import annotations

from typing import Final

from portal.domain.initiatives.models import Initiative, InitiativeHost
from portal.domain.organizations.hosting import Hosts

# A table, not an entity: with a mapped attribute in it, a statement takes the slower road.
INITIATIVES: Final = Initiative.__table__
HOSTS: Final = Hosts(INITIATIVES, InitiativeHost.__table__, "initiative_id")
roles_in = HOSTS.roles_in
