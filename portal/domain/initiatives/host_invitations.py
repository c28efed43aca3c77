"""Holding an initiative together."""

from __future__ import annotations

from typing import Final

from portal.domain.initiatives import revisions
from portal.domain.initiatives.models import Initiative, InitiativeHost
from portal.domain.initiatives.queries import lock, managed_initiative
from portal.domain.organizations.host_invitations import Hosting

hosting: Final = Hosting(
    Initiative, InitiativeHost, "initiative_id", managed_initiative, lock, revisions.note
)
