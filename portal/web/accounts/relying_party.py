"""Whom passkeys are made for: the portal by its configured address, never by the request's host."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from portal.domain.accounts.second_factors.rules import Party
from portal.web.http import Context
from portal.web.http.layout import site_name


def relying_party(ctx: Context) -> Party | None:
    """None where the portal has no name but a number: browsers make no passkeys for those."""
    address = ctx.site.settings.address
    host = urlsplit(address).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return Party(host, address, site_name(ctx.site))
    return None
