"""Holding an event together."""

from __future__ import annotations

from typing import Final

from portal.domain.events import revisions
from portal.domain.events.models import Event, EventHost
from portal.domain.events.queries import lock, managed_event
from portal.domain.organizations.host_invitations import Hosting

hosting: Final = Hosting(Event, EventHost, "event_id", managed_event, lock, revisions.note)
