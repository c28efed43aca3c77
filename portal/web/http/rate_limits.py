"""How often a form that writes to somebody or costs something may be sent: all numbers."""

# Each counts twice, in a moving window under a keyed hash: for the address written to, so that
# no mailbox is flooded, and for the client. Replicas share counts in PORTAL_RATE_LIMIT_URL.

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum, unique
from ipaddress import IPv6Address, ip_address
from typing import Final, NamedTuple

from limits import parse
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import FormData
from starlette.requests import Request

from portal.config.settings import Settings

logger = logging.getLogger("portal.rate_limits")


class Numbers(NamedTuple):
    """How often for one address, and from one client; many people can share a client's address."""

    per_address: str
    per_client: str


@unique
class Limit(Enum):
    """The classes of forms; two with the same numbers would be one, which `unique` refuses."""

    SIGN_UP = Numbers("20 per hour", "120 per hour")  # a guest's email that proves the address
    SIGN_IN_EMAIL = Numbers("5 per hour", "30 per hour")
    INVITATION = Numbers("5 per day", "60 per day")
    CONTACT = Numbers("30 per hour", "10 per hour")  # the address is the organisation's
    REPORT = Numbers("10 per day", "20 per hour")
    TRANSLATION_REQUEST = Numbers("60 per day", "60 per hour")  # to nobody's address
    MACHINE_DRAFT = Numbers("100 per day", "30 per hour")  # costs the operator money
    APPEAL = Numbers("5 per day", "10 per hour")
    LEAVING = Numbers("5 per day", "20 per day")  # the address is the secret of a ban
    UPLOAD = Numbers("60 per hour", "180 per hour")  # the address is the person who sends it
    STORY = Numbers("10 per day", "40 per hour")  # handed in; its editors get an email each
    COMMENT = Numbers("30 per hour", "80 per hour")  # the address is the writer's
    WORD = Numbers("40 per day", "40 per hour")  # to nobody's address
    QUESTION = Numbers("10 per hour", "20 per day")  # the address is the initiative's


# A memory of our own answers while the shared store does not: better a loose limit than none,
# and better than refusing everybody.
MEMORY: Final = "memory://"
STORE_SECONDS: Final = 1
# Valkey speaks the same protocol, so one client serves both; valkeys:// is rediss://.
_REDIS: Final = re.compile("^valkey")


class TooOftenError(Exception):
    """Too fast; carries when to go on and what was typed."""

    def __init__(self, until: datetime, submitted: FormData | None) -> None:
        super().__init__()
        self.until = until
        self.submitted = submitted


class RateLimiter:
    """Counts in the store of the settings; `index` is the seal's keyed hash."""

    def __init__(self, settings: Settings, index: Callable[[str], str]) -> None:
        self._index = index
        self._is_on = settings.rate_limits
        self._own = MovingWindowRateLimiter(storage_from_string(MEMORY))
        self._shared = self._own
        if url := _REDIS.sub("redis", settings.rate_limit_url):
            storage = storage_from_string(
                url,
                wrap_exceptions=True,
                socket_timeout=STORE_SECONDS,
                socket_connect_timeout=STORE_SECONDS,
            )
            self._shared = MovingWindowRateLimiter(storage)

    def check(
        self,
        limit: Limit,
        request: Request,
        address: str | None = None,
        submitted: FormData | None = None,
    ) -> None:
        """Count this one, or raise TooOftenError."""
        if not self._is_on:
            return
        counters = [(limit.value.per_client, "client", client_of(request))]
        if address:
            counters.append((limit.value.per_address, "address", address))
        for numbers, kind, name in counters:
            key = (limit.name, kind, self._index(name))
            try:
                until = _hit(self._shared, numbers, key)
            except StorageError:
                logger.warning("the store of rate limits does not answer")
                until = _hit(self._own, numbers, key)
            if until is not None:
                raise TooOftenError(until, submitted)


def _hit(limiter: MovingWindowRateLimiter, numbers: str, key: tuple[str, ...]) -> datetime | None:
    """Count one; return when the next may come if this was one too many."""
    item = parse(numbers)
    if limiter.hit(item, *key):
        return None
    return datetime.fromtimestamp(limiter.get_window_stats(item, *key).reset_time, UTC)


def client_of(request: Request) -> str:
    """Return the client's address; of IPv6 the network of 64 bits, which one household has."""
    host = request.client.host if request.client else "unknown"
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return host
