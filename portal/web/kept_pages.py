"""Finished answers for strangers, kept in this process as long as there is room."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from starlette.types import Message

    from portal.known_changes import KnownChanges, Version

    Headers = Sequence[tuple[bytes, bytes]]

# Smaller answers fit a packet either way.
_LEAST_PACKED: Final = 600
_TEXTS: Final = (b"text/", b"application/atom+xml", b"application/xml", b"image/svg+xml")
_LONGEST_ACCEPTED: Final = 200
# A level up packs a page one per cent better in twice the time.
_LEVEL: Final = 5
_REPLACED: Final = frozenset({b"etag", b"vary", b"content-length", b"content-encoding"})
# What a reader who has the answer already needs of it (RFC 9110, 15.4.5).
_REPEATED: Final = frozenset({b"cache-control", b"etag", b"vary"})
# Of an answer beside its bytes: headers and what holds them, about.
_OVERHEAD: Final = 4_000
_SCOPE: Final = 150


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding lets an answer be packed with gzip; no browser's is long."""
    return len(accepted) <= _LONGEST_ACCEPTED and _takes_gzip(accepted)


@lru_cache(maxsize=256)
def _takes_gzip(accepted: str) -> bool:
    takes: dict[str, bool] = {}
    for each in accepted.lower().split(","):
        name, *parameters = (part.replace(" ", "") for part in each.split(";"))
        takes[name] = all(part.rstrip("0.") != "q=" for part in parameters)
    return takes.get("gzip", takes.get("*", False))


class Form:
    """An answer as it is sent, in one coding: what begins it, its bytes, and its short form."""

    __slots__ = ("body", "etag", "start", "unchanged")

    def __init__(self, headers: Headers, body: bytes, etag: bytes, coding: bytes = b"") -> None:
        told = [(name, value) for name, value in headers if name not in _REPLACED]
        vary = [value for name, value in headers if name == b"vary"]
        told += [(b"etag", etag), (b"vary", b", ".join([*vary, b"Accept-Encoding"]))]
        short = [(name, value) for name, value in told if name in _REPEATED]
        told += [(b"content-length", str(len(body)).encode())]
        if coding:
            told.append((b"content-encoding", coding))
        self.body: Message = {"type": "http.response.body", "body": body}
        self.start: Message = {"type": "http.response.start", "status": 200, "headers": told}
        self.unchanged: Message = {
            "type": "http.response.start",
            "status": 304,
            "headers": short,
        }
        self.etag = etag


class Drawing:
    """A page that is being drawn: since which version, and what from as far as that is certain."""

    __slots__ = ("endpoint", "minute", "scopes", "version")

    def __init__(self, version: Version, minute: int) -> None:
        self.version, self.minute = version, minute
        # None is whatever there is; so it stays where nobody has noted all that was read.
        self.scopes: Mapping[str, str] | None = None
        self.endpoint: Any = None


class Kept:
    """One answer, plain and packed, and what it was drawn from.

    Made where there is time for packing: a page takes half a millisecond.
    """

    __slots__ = ("drawing", "packed", "plain", "size", "true_at")

    def __init__(self, drawing: Drawing, headers: Headers, body: bytes) -> None:
        digest = hashlib.sha256(body).hexdigest()[:32]
        self.drawing = drawing
        # The latest version at which it was found to be true, so as not to look at each request.
        self.true_at = drawing.version
        self.plain = Form(headers, body, f'"{digest}"'.encode())
        self.packed: Form | None = None
        self.size = len(body) + _OVERHEAD + _SCOPE * len(drawing.scopes or ())
        kind = dict(headers).get(b"content-type", b"")
        if len(body) >= _LEAST_PACKED and kind.startswith(_TEXTS):
            packed = gzip.compress(body, _LEVEL, mtime=0)
            self.packed = Form(headers, packed, f'"{digest}-gzip"'.encode(), b"gzip")
            self.size += len(packed)

    def is_true(self, known: KnownChanges, minute: int) -> bool:
        """Whether it says what the content says as far as that is known, and in that minute."""
        if self.drawing.minute != minute:
            return False
        now = known.version
        if self.true_at is now:
            return True
        if not known.is_true(self.drawing.version, self.drawing.scopes):
            return False
        self.true_at = now
        return True

    def form(self, accepted: bytes) -> Form:
        """The answer for an Accept-Encoding."""
        if self.packed is not None and takes_gzip(accepted.decode("latin-1")):
            return self.packed
        return self.plain


class KeptPages:
    """Answers by key; the least lately asked for go when there is no more room."""

    def __init__(self, most: int) -> None:
        """`most` bytes in all."""
        self._most, self._size = most, 0
        self._pages: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = threading.Lock()  # tests have several event loops beside one another

    def __contains__(self, key: Hashable) -> bool:
        return key in self._pages

    @property
    def size(self) -> int:
        """Bytes in use."""
        return self._size

    def get(self, key: Hashable) -> Kept | None:
        """The answer, which may not be true any more."""
        with self._lock:
            found = self._pages.get(key)
            if found is not None:
                self._pages.move_to_end(key)
            return found

    def put(self, key: Hashable, kept: Kept) -> None:
        """Keeps it in place of an earlier one."""
        with self._lock:
            earlier = self._pages.pop(key, None)
            self._size += kept.size - (earlier.size if earlier else 0)
            self._pages[key] = kept
            while self._size > self._most:
                _key, gone = self._pages.popitem(last=False)
                self._size -= gone.size
