"""Whom passkeys are made for: the portal by its configured address, never by the request's host."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from portal.domain.second_factors.rules import Party
from portal.web.pages import site_name

if TYPE_CHECKING:
    from portal.web.visit import Visit


def relying_party(visit: Visit) -> Party | None:
    """None where the portal has no name but a number: browsers make no passkeys for those."""
    address = visit.site.settings.address
    host = urlsplit(address).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return Party(host, address, site_name(visit.site))
    return None
