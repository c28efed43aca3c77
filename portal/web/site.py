"""What belongs to one running portal and is the same for every request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.database import Database
    from portal.guarded import GuardedClient
    from portal.settings import Settings
    from portal.web.cookies import SealedCookie
    from portal.web.links import Links
    from portal.web.openid import OpenIdProvider
    from portal.web.static import Assets


@dataclass(frozen=True)
class Site:
    """Settings, database, assets, addresses, the way in and the way out; made by portal.app."""

    settings: Settings
    database: Database
    assets: Assets
    links: Links
    provider: OpenIdProvider | None
    sign_in_note: SealedCookie
    outside: GuardedClient
