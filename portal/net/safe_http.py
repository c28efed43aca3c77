"""Asking servers of strangers' choice: only public addresses, briefly, little, and no detours."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final, TypeVar

import dns.asyncresolver
import dns.exception
import dns.resolver
import httpcore

T = TypeVar("T")

PORTS: Final = {"https": 443, "http": 80}
SECONDS: Final = 5.0
MAX_BYTES: Final = 64 * 1024
MAX_RECORDS: Final = 50
# IPv6 addresses that carry an IPv4 one to be reached through a gateway (RFC 6052).
_TRANSLATED: Final = IPv6Network("64:ff9b::/96")
# A cloud's inner service behind an address that looks public.
_INNER: Final = frozenset({IPv4Address("168.63.129.16")})


class OutOfReachError(Exception):
    """No answer that can be used, for whatever reason; strangers learn no more than that."""


class NothingThereError(OutOfReachError):
    """There was an answer, and what was asked for is not in it: the way out was open."""


class _UnknownNameError(OutOfReachError):
    """The name system knows no such name, or is cut off and says so of every name."""


def is_public(address: str) -> bool:
    """Return whether an address, and any address inside it, belongs to the public internet."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if ip in _TRANSLATED:
            return is_public(str(IPv4Address(int(ip) & 0xFFFFFFFF)))
        inside = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if inside:
            return ip.ipv4_mapped is not None and is_public(str(inside))
        if ip.is_site_local or ip.scope_id:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and ip not in _INNER


class _Names:
    """The name system, loaded when it is first asked: three megabytes that few portals need."""

    def __init__(self, resolver: dns.asyncresolver.Resolver | None) -> None:
        self._resolver = resolver

    async def addresses(self, host: str) -> list[str]:
        """Return all of a name's addresses, or raise NothingThereError or OutOfReachError."""
        found = await self._asked(lambda names: names.resolve_name(host, lifetime=SECONDS))
        return list(found.addresses())

    async def texts(self, name: str) -> list[str]:
        """Return the TXT records of a name, or raise NothingThereError or OutOfReachError."""
        try:
            answer = await self._asked(
                lambda names: names.resolve(name, "TXT", lifetime=SECONDS, search=False)
            )
        except _UnknownNameError as failure:
            raise NothingThereError from failure
        records = list(answer)[:MAX_RECORDS]
        return [b"".join(record.strings).decode("utf-8", "replace") for record in records]

    async def _asked(self, question: Callable[[dns.asyncresolver.Resolver], Awaitable[T]]) -> T:
        try:
            # Read when it is needed, so that a portal starts on machines without a resolver.
            if self._resolver is None:
                self._resolver = dns.asyncresolver.Resolver()
            return await question(self._resolver)
        except dns.resolver.NoAnswer as failure:
            raise NothingThereError from failure
        except dns.resolver.NXDOMAIN as failure:
            raise _UnknownNameError from failure
        except dns.exception.DNSException as failure:
            raise OutOfReachError from failure


class _Guard(httpcore.AsyncNetworkBackend):
    """Connects to the address looked up and checked here, never to a name that may have moved."""

    def __init__(self, names: _Names, dialer: httpcore.AsyncNetworkBackend) -> None:
        self._names, self._dialer = names, dialer

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Return a connection to the first of the name's addresses that answers."""
        if port not in PORTS.values():
            raise OutOfReachError
        addresses = await self._names.addresses(host)
        # One address inside is reason enough: honest names have none.
        if not all(is_public(address) for address in addresses):
            raise OutOfReachError
        for address in addresses:
            try:
                return await self._dialer.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        raise OutOfReachError

    async def connect_unix_socket(
        self, *_args: object, **_options: object
    ) -> httpcore.AsyncNetworkStream:
        """Nobody asks for one."""
        raise OutOfReachError


class SafeClient:
    """Reads what strangers publish: 5 seconds, 64 KiB, no proxy, no redirect, nothing unpacked."""

    def __init__(
        self,
        *,
        resolver: dns.asyncresolver.Resolver | None = None,
        dialer: httpcore.AsyncNetworkBackend | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._names, self._trust = _Names(resolver), trust
        self._dialer = dialer or httpcore.AnyIOBackend()

    async def text_records(self, name: str) -> list[str]:
        """Return the TXT records of a name, or raise NothingThereError or OutOfReachError."""
        try:
            async with asyncio.timeout(SECONDS):
                return await self._names.texts(name)
        except (OSError, TimeoutError, ValueError) as failure:
            raise OutOfReachError from failure

    async def get(self, url: str) -> bytes:
        """Return the body of a page that answers 200, or raise NothingThereError."""
        # OutOfReachError also for unknown names: a resolver that is cut off says so of every name.
        try:
            async with asyncio.timeout(SECONDS):
                return await self._get(url)
        except (
            httpcore.ConnectionNotAvailable,
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.TimeoutException,
            httpcore.UnsupportedProtocol,
            OSError,
            TimeoutError,
            ValueError,
        ) as failure:
            raise OutOfReachError from failure

    async def _get(self, url: str) -> bytes:
        headers = [("accept-encoding", "identity"), ("user-agent", "Shanyraq")]
        guard = _Guard(self._names, self._dialer)
        async with (
            httpcore.AsyncConnectionPool(
                ssl_context=self._trust or ssl.create_default_context(), network_backend=guard
            ) as pool,
            pool.stream("GET", url, headers=headers) as answer,
        ):
            is_packed = any(name.lower() == b"content-encoding" for name, _ in answer.headers)
            if answer.status != 200 or is_packed:  # noqa: PLR2004 - HTTP's own
                raise NothingThereError
            body = b""
            async for part in answer.aiter_stream():
                body += part
                if len(body) > MAX_BYTES:
                    raise NothingThereError
            return body
