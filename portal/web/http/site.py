"""What belongs to one running portal and is the same for every request."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.config.settings import Settings
from portal.core.urls import Links
from portal.db.engine import Database
from portal.domain.registrations.sign_up_batch import Decision, SignUpRequest
from portal.media.storage import Storage
from portal.net.machine_translation import Machine
from portal.net.safe_http import SafeClient
from portal.observability.metrics import Meters
from portal.web.caching.fragments import FragmentStore
from portal.web.caching.pages import PageStore
from portal.web.http.batching import BatchQueue
from portal.web.http.cookies import SealedCookie
from portal.web.http.live_settings import LiveSettings
from portal.web.http.rate_limits import RateLimiter
from portal.web.http.static import Assets
from portal.web.providers.provider import Provider


@dataclass(frozen=True)
class Site:
    """Settings, database, assets, addresses, the ways in and the way out; made by portal.app."""

    settings: Settings
    database: Database
    assets: Assets
    links: Links
    providers: Mapping[str, Provider]
    sign_in_cookie: SealedCookie
    known_browser: SealedCookie
    link_cookie: SealedCookie
    admin_access_cookie: SealedCookie
    rate_limiter: RateLimiter
    live: LiveSettings
    outside: SafeClient
    storage: Storage
    machine: Machine | None
    meters: Meters
    sign_ups: BatchQueue[SignUpRequest, Decision]
    page_store: PageStore | None
    fragments: FragmentStore
