"""Cache whole pages for strangers by content version and minute: no reader sees an older one."""

# Every request reads the version anew. Whoever brings a session passes by; of other cookies only
# the time zone's changes a page. portal.web.http.transactions says which answers may be kept.

import asyncio
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.core import clock
from portal.core.time_zones import is_place
from portal.db.changes.revision_reader import RevisionReader
from portal.i18n.locale import LANGUAGE_TAGS, match_tag
from portal.web.caching.compression import COMPRESSIONS
from portal.web.caching.pages import CachedPage, PageStore, RenderRecord
from portal.web.http.cookies import TIME_ZONE

# In the scope of a request whose answer may be cached: when it is rendered.
RENDER_RECORD: Final = "portal.render_record"
# What answers that everybody may keep say of it.
FOR_EVERYBODY: Final = "public, no-cache"
_SECONDS: Final = 60
# Of an address, and of the headers that decide here.
_LONGEST: Final = 500
# Longer answers go out as they come, and are not kept.
_LONGEST_ANSWER: Final = 2 * 1024 * 1024
# Packing more than this is left to a thread, for whoever may come.
_SHORT: Final = 50_000
# A zone as browsers send it, and as our own answer has it: anything else is for Starlette to read.
_ZONE_COOKIE: Final = TIME_ZONE.encode()
_ZONE: Final = re.compile(rb'(?:^|;)\s*%b=("?)([\w+/-]+)\1\s*(?:;|$)' % _ZONE_COOKIE)
_NO_BODY: Final = {"type": "http.response.body", "body": b""}
# What a page that everybody may get is drawn without.
_HIDDEN_HEADERS: Final = frozenset({b"if-none-match", b"cookie"})
_UNCACHED_HEADERS: Final = frozenset({b"authorization", b"content-length", b"transfer-encoding"})


class _PageRequest(NamedTuple):
    key: tuple[bytes | str, ...]
    zone: str
    accepted: bytes
    known: bytes


class PageCacheMiddleware:
    """Answers from what is kept, else lets one request draw for all who ask meanwhile."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        reader: RevisionReader,
        pages: PageStore,
        public: Sequence[re.Pattern[str]],
        hosts: frozenset[str],
        session: str,
    ) -> None:
        """Cache the paths `public`; `session` is the name of the session's cookie."""
        self.app, self._reader, self._pages = app, reader, pages
        self._public, self._hosts, self._session = public, hosts, session.encode()
        self._rendering: dict[Any, asyncio.Future[CachedPage | None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        asked = self._asked(scope) if scope["type"] == "http" else None
        if asked is None or not await self._reader.catch_up():
            await self.app(scope, receive, send)
            return
        cached = self._pages.get(asked.key)
        minute = int(clock.now().timestamp()) // _SECONDS
        if cached is None or not cached.is_true(self._reader.latest.version, minute):
            cached = await self._rendered(asked, minute, scope, receive, send)
        if cached is None:
            return
        scope["route"] = cached.record.route  # for the request log
        form = cached.form(asked.accepted)
        is_known = asked.known and (asked.known == form.etag or _names(asked.known, form.etag))
        await send(form.unchanged if is_known else form.start)
        await send(_NO_BODY if is_known or scope["method"] == "HEAD" else form.body)

    def _asked(self, scope: Scope) -> _PageRequest | None:
        """Return what is asked for, if the answer may be one for everybody."""
        if scope["method"] not in {"GET", "HEAD"}:
            return None
        given = dict(scope["headers"])
        cookies, host = given.get(b"cookie", b""), given.get(b"host", b"")
        path, query = scope["path"], scope["query_string"]
        if len(host) > _LONGEST or len(path) + len(query) > _LONGEST:
            return None  # nor is any of it remembered below
        zone = self._zone(cookies) if cookies else ""
        if (
            zone is None
            or not _UNCACHED_HEADERS.isdisjoint(given)
            or not _is_ours(host, self._hosts)
        ):
            return None
        if len(given) != len(scope["headers"]) and _repeats(scope["headers"]):
            return None
        # An address without a language is answered in one the browser asks for.
        has_tag = path[1:].partition("/")[0] in LANGUAGE_TAGS
        asks_for = given.get(b"accept-language", b"").decode("latin-1")
        key = (path, query, "" if has_tag else match_tag(asks_for), zone)
        if key not in self._pages and not any(public.match(path) for public in self._public):
            return None
        return _PageRequest(
            key, zone, given.get(b"accept-encoding", b""), given.get(b"if-none-match", b"")
        )

    def _zone(self, cookies: bytes) -> str | None:
        """Return the zone in a Cookie header, "" if none; None with a session or two zones."""
        if self._session in cookies:
            return None
        if _ZONE_COOKIE not in cookies:
            return ""
        found = _ZONE.search(cookies)
        if found is None or cookies.count(_ZONE_COOKIE) > 1:
            return None
        zone = found[2].decode()
        return zone if is_place(zone) else None

    async def _rendered(
        self, asked: _PageRequest, minute: int, scope: Scope, receive: Receive, send: Send
    ) -> CachedPage | None:
        """Return the page, rendered by this request or one before; None if it is sent."""
        version = self._reader.latest.version
        loop = asyncio.get_running_loop()
        # A page that was begun before the content changed is of no use to whoever comes after.
        place = (asked.key, minute, version)
        while (begun := self._rendering.get(place)) is not None and begun.get_loop() is loop:
            cached = await asyncio.shield(begun)
            if cached is None:  # not one to keep: everybody draws their own
                await self.app(scope, receive, send)
                return None
            if cached.is_true(version, minute):
                return cached
        future = self._rendering[place] = loop.create_future()
        cached = None
        try:
            cached = await self._render(asked, RenderRecord(version, minute), scope, receive, send)
        finally:
            self._rendering.pop(place, None)
            if not future.done():
                future.set_result(cached)
        return cached

    async def _render(
        self, asked: _PageRequest, record: RenderRecord, scope: Scope, receive: Receive, send: Send
    ) -> CachedPage | None:
        asks = [header for header in scope["headers"] if header[0] not in _HIDDEN_HEADERS]
        if asked.zone:
            asks.append((b"cookie", f"{TIME_ZONE}={asked.zone}".encode()))
        inner = {**scope, "method": "GET", "headers": asks, RENDER_RECORD: record}
        answer = _Answer(send)
        await self.app(inner, receive, answer.take)
        scope["route"] = record.route = inner.get("route")
        if not answer.is_whole:
            return None
        whole = (record, answer.headers, answer.body)
        if len(answer.body) < _SHORT:
            cached = CachedPage(*whole)
        else:
            cached = await run_in_threadpool(CachedPage, *whole, COMPRESSIONS)
        self._pages.put(asked.key, cached)
        return cached


def _repeats(headers: Sequence[tuple[bytes, bytes]]) -> bool:
    """Return whether one of the headers that decide here is there twice: two cookies, two hosts."""
    names = [name for name, _value in headers]
    return names.count(b"cookie") > 1 or names.count(b"host") > 1


class _Answer:
    """Collects an answer that may be kept; any other is sent on as it comes."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._parts: list[bytes] = []
        self._size = 0
        self.is_whole = False

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        return list(self._start["headers"]) if self._start else []

    @property
    def body(self) -> bytes:
        return b"".join(self._parts)

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_cacheable(message):
            self._start = message
        elif message["type"] == "http.response.body" and self._start is not None:
            self._parts.append(message.get("body", b""))
            self._size += len(self._parts[-1])
            has_more = message.get("more_body", False)
            if self._size > _LONGEST_ANSWER:
                start, self._start = self._start, None
                await self._send(start)
                await self._send({**message, "body": self.body})
                self._parts = []
            elif not has_more:
                self.is_whole = True
        else:
            await self._send(message)


def _is_cacheable(start: Message) -> bool:
    headers = [(name.lower(), value) for name, value in start["headers"]]
    return (
        start["status"] == 200  # noqa: PLR2004 - all others are brief and rare
        and (b"cache-control", FOR_EVERYBODY.encode()) in headers
        and all(name not in {b"set-cookie", b"content-encoding"} for name, _value in headers)
    )


@lru_cache(maxsize=64)
def _is_ours(host: bytes, hosts: frozenset[str]) -> bool:
    """Return whether a Host header is one of ours beyond doubt; the rest is HostMiddleware's."""
    name, colon, port = host.decode("latin-1").lower().rpartition(":")
    return (name if colon and port.isascii() and port.isdigit() else f"{name}{colon}{port}").strip(
        "[]"
    ) in hosts


def _names(known: bytes, etag: bytes) -> bool:
    """Return whether an If-None-Match names the answer."""
    if known == b"*":
        return True
    return etag in {each.strip().removeprefix(b"W/") for each in known.split(b",")}
