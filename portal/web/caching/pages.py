"""Finished answers for strangers, kept in this process as long as there is room."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, Final

from starlette.types import Message

from portal.db.changes.versions import Version
from portal.web.caching.compression import COMPRESSIONS, Compression, compression_for

Headers = Sequence[tuple[bytes, bytes]]


# Smaller answers fit a packet either way.
_LEAST_PACKED: Final = 600
_TEXTS: Final = (b"text/", b"application/atom+xml", b"application/xml", b"image/svg+xml")
# A packed answer is counted as this part of the plain one: pages come to a fifth or a quarter.
_PACKED: Final = 4
_REPLACED: Final = frozenset({b"etag", b"vary", b"content-length", b"content-encoding"})
# What a reader who has the answer already needs of it (RFC 9110, 15.4.5).
_REPEATED: Final = frozenset({b"cache-control", b"cdn-cache-control", b"etag", b"vary"})
# Of an answer beside its bytes: headers and what holds them, about.
_OVERHEAD: Final = 4_000


class Form:
    """An answer as it is sent, in one coding: what begins it, its bytes, and its short form."""

    __slots__ = ("body", "etag", "start", "unchanged")

    def __init__(self, headers: Headers, body: bytes, etag: bytes, packed: bytes = b"") -> None:
        sent = [(name, value) for name, value in headers if name not in _REPLACED]
        vary = [value for name, value in headers if name == b"vary"]
        sent += [(b"etag", etag), (b"vary", b", ".join([*vary, b"Accept-Encoding"]))]
        short = [(name, value) for name, value in sent if name in _REPEATED]
        sent += [(b"content-length", str(len(body)).encode())]
        if packed:
            sent.append((b"content-encoding", packed))
        self.body: Message = {"type": "http.response.body", "body": body}
        self.start: Message = {"type": "http.response.start", "status": 200, "headers": sent}
        self.unchanged: Message = {
            "type": "http.response.start",
            "status": 304,
            "headers": short,
        }
        self.etag = etag


class RenderRecord:
    """A page that is being rendered: at which version of the content, and in which minute."""

    __slots__ = ("minute", "route", "version")

    def __init__(self, version: Version, minute: int) -> None:
        self.version, self.minute = version, minute
        self.route: Any = None


class CachedPage:
    """One answer and when it was rendered; packed for `codings` now, for others when asked for."""

    __slots__ = ("_digest", "_headers", "_packed", "plain", "record", "size")

    def __init__(
        self,
        record: RenderRecord,
        headers: Headers,
        body: bytes,
        compressions: Iterable[Compression] = (),
    ) -> None:
        self._digest = hashlib.sha256(body).hexdigest()[:32]
        self._headers = headers
        self.record = record
        self.plain = Form(headers, body, f'"{self._digest}"'.encode())
        kind = dict(headers).get(b"content-type", b"")
        # By name; None where packing gains nothing.
        self._packed: dict[str, Form] | None = None
        if len(body) >= _LEAST_PACKED and kind.startswith(_TEXTS):
            self._packed = {each.name: self._pack(each) for each in compressions}
        self.size = len(body) + _OVERHEAD
        if self._packed is not None:
            self.size += len(COMPRESSIONS) * len(body) // _PACKED

    def _pack(self, compression: Compression) -> Form:
        etag = f'"{self._digest}-{compression.name}"'.encode()
        packed = compression.pack(self.plain.body["body"])
        return Form(self._headers, packed, etag, compression.name.encode())

    def is_true(self, version: Version, minute: int) -> bool:
        """Return whether it shows the content of a version as of a minute."""
        return self.record.version == version and self.record.minute == minute

    def form(self, accepted: bytes) -> Form:
        """Return the answer for an Accept-Encoding."""
        if self._packed is None:
            return self.plain
        compression = compression_for(accepted.decode("latin-1"))
        if compression is None:
            return self.plain
        form = self._packed.get(compression.name)
        if form is None:
            form = self._packed[compression.name] = self._pack(compression)
        return form


class PageStore:
    """Answers by key; those of past minutes go, then the ones least lately asked for."""

    def __init__(self, max_bytes: int) -> None:
        """`most` bytes in all."""
        self._max_bytes, self._size = max_bytes, 0
        self._pages: OrderedDict[Hashable, CachedPage] = OrderedDict()
        self._lock = threading.Lock()  # tests have several event loops beside one another

    def __contains__(self, key: Hashable) -> bool:
        return key in self._pages

    @property
    def size(self) -> int:
        """Bytes in use."""
        return self._size

    def get(self, key: Hashable) -> CachedPage | None:
        """Return the answer, which may not be true any more."""
        with self._lock:
            found = self._pages.get(key)
            if found is not None:
                self._pages.move_to_end(key)
            return found

    def put(self, key: Hashable, cached: CachedPage) -> None:
        """Keep it in place of an earlier one."""
        minute = cached.record.minute
        with self._lock:
            earlier = self._pages.pop(key, None)
            self._size += cached.size - (earlier.size if earlier else 0)
            self._pages[key] = cached
            # Whatever was asked for in this minute stands behind all that was not.
            while self._pages:
                first = next(iter(self._pages.values()))
                if self._size <= self._max_bytes and first.record.minute >= minute:
                    break
                self._pages.popitem(last=False)
                self._size -= first.size
