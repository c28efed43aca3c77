"""What belongs to one running portal and is the same for every request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.database import Database
    from portal.guarded import GuardedClient
    from portal.machine_translation import Machine
    from portal.settings import Settings
    from portal.storage import Storage
    from portal.web.cookies import SealedCookie
    from portal.web.kept_pages import KeptPages
    from portal.web.links import Links
    from portal.web.live_settings import LiveSettings
    from portal.web.meters import Meters
    from portal.web.parts import Parts
    from portal.web.providers.provider import Provider
    from portal.web.rate_limits import RateLimiter
    from portal.web.static import Assets
    from portal.web.turnstile import Turnstile


@dataclass(frozen=True)
class Site:
    """Settings, database, assets, addresses, the ways in and the way out; made by portal.app."""

    settings: Settings
    database: Database
    assets: Assets
    links: Links
    providers: Mapping[str, Provider]
    sign_in_note: SealedCookie
    known_browser: SealedCookie
    link_note: SealedCookie
    errand_note: SealedCookie
    rate_limiter: RateLimiter
    live: LiveSettings
    outside: GuardedClient
    storage: Storage
    machine: Machine | None
    meters: Meters
    turnstile: Turnstile
    kept_pages: KeptPages | None
    parts: Parts
