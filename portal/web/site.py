"""What belongs to one running portal and is the same for every request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.database import Database
    from portal.settings import Settings
    from portal.web.cookies import SealedCookie
    from portal.web.links import Links
    from portal.web.providers.provider import Provider
    from portal.web.static import Assets


@dataclass(frozen=True)
class Site:
    """Settings, database, assets, addresses and the ways in; made by portal.app."""

    settings: Settings
    database: Database
    assets: Assets
    links: Links
    providers: Mapping[str, Provider]
    sign_in_note: SealedCookie
    link_note: SealedCookie
