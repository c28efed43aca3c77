"""Addresses of pages by name. The host comes from the settings, never from the request."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from portal.i18n import LANGUAGE_TAGS
from portal.refusals import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping


# As many digits as fit into PostgreSQL's integer, whatever they are.
LONGEST_NUMBER: Final = 9


@lru_cache(maxsize=1024)
def _quoted(part: str) -> str:
    # A page names its slug again and again.
    return quote(part, safe="")


@lru_cache(maxsize=1024)
def _query(asked: tuple[tuple[str, Any], ...]) -> str:
    return urlencode(asked)


class Links:
    """Knows every route's path; building one is a dictionary look-up, since pages have dozens."""

    def __init__(self, paths: Mapping[str, str], address: str) -> None:
        self._paths = paths
        # Most links of a page name nothing but their page.
        self._plain = {
            (name, language): path.format(language=language)
            for name, path in paths.items()
            for language in LANGUAGE_TAGS
            if "{" not in path.replace("{language}", "")
        }
        self.address = address

    def path(
        self, name: str, language: str, query: Mapping[str, Any] | None = None, **values: Any
    ) -> str:
        """The path of a page in a language, by tag; None values are left out of the query."""
        if values:
            quoted = {key: _quoted(str(value)) for key, value in values.items()}
            path = self._paths[name].format(language=language, **quoted)
        else:
            path = self._plain[name, language]
        if query:
            asked = {key: value for key, value in query.items() if value is not None}
            if asked:
                return f"{path}?{_query(tuple(asked.items()))}"
        return path

    def absolute(
        self, name: str, language: str, query: Mapping[str, Any] | None = None, **values: Any
    ) -> str:
        """The same with the portal's public address in front."""
        return self.address + self.path(name, language, query, **values)


def number_in(address: str) -> int:
    """A record's number as an address names it; NotFoundError for what no database would hold."""
    if not (address.isascii() and address.isdigit() and len(address) <= LONGEST_NUMBER):
        raise NotFoundError
    return int(address)


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
