"""Who holds an event, and what that makes of a person: the one place that every door asks."""

from typing import Final

from portal.domain.events.models import Event, EventHost
from portal.domain.organizations.hosting import Hosts

# A table, not an entity: with a mapped attribute in it, a statement takes the slower road.
EVENTS: Final = Event.__table__
HOSTS: Final = Hosts(EVENTS, EventHost.__table__, "event_id")
hosted_by, hosted_apart = HOSTS.hosted_by, HOSTS.hosted_apart
roles_in, edited_host = HOSTS.roles_in, HOSTS.edited_host
