"""Addresses of pages by name. The host comes from the settings, never from the request."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping


@lru_cache(maxsize=4096)
def _quoted(part: str) -> str:
    # A page names its slug again and again.
    return quote(part, safe="")


class Links:
    """Knows every route's path; building one is a dictionary look-up, since pages have dozens."""

    def __init__(self, paths: Mapping[str, str], address: str) -> None:
        self._paths = paths
        self.address = address

    def path(
        self, name: str, language: str, query: Mapping[str, Any] | None = None, **values: Any
    ) -> str:
        """The path of a page in a language; None values are left out of the query."""
        quoted = {key: _quoted(str(value)) for key, value in values.items()}
        path = self._paths[name].format(language=language, **quoted)
        if query:
            asked = {key: value for key, value in query.items() if value is not None}
            if asked:
                return f"{path}?{urlencode(asked)}"
        return path

    def absolute(
        self, name: str, language: str, query: Mapping[str, Any] | None = None, **values: Any
    ) -> str:
        """The same with the portal's public address in front."""
        return self.address + self.path(name, language, query, **values)


def safe_next(target: str | None, fallback: str) -> str:
    """A path of this portal to go on to, or `fallback` for anything that could lead elsewhere."""
    if (
        target is None
        or not target.startswith("/")
        or target.startswith("//")
        or "\\" in target
        or len(target) > 500  # noqa: PLR2004 - longer than any page's address
        or any(ord(c) <= 0x20 or ord(c) >= 0x7F for c in target)  # noqa: PLR2004 - visible ASCII
    ):
        return fallback
    return target
