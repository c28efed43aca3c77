"""Addresses of pages by name. The host comes from the settings, never from the request."""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from portal.core.refusals import NotFoundError
from portal.i18n.locale import LANGUAGE_TAGS

# As many digits as fit into PostgreSQL's integer, whatever they are.
LONGEST_NUMBER: Final = 9

_VALUE: Final = re.compile(r"\{(\w+)\}")
# What stands in an address as it is; slugs and keys are made of nothing else.
_PLAIN: Final = re.compile(r"[\w.~-]+", re.ASCII)
# The same with the colons of items, which are the one sign that pages ask with.
_PLAIN_ASKED: Final = re.compile(r"[\w.~-]+=[\w.~:-]*", re.ASCII)


# Remembers nothing: among what stands in addresses are keys of passes.
def _quoted(value: object) -> str:
    part = str(value)
    return part if _PLAIN.fullmatch(part) else quote(part, safe="")


def _query(asked: Mapping[str, Any]) -> str:
    """As `urlencode` writes it, which takes its time over what stands for itself."""
    pieces = [f"{name}={value}" for name, value in asked.items()]
    if all(map(_PLAIN_ASKED.fullmatch, pieces)):
        return "&".join(pieces).replace(":", "%3A")
    return urlencode(asked)


class _Pieces(dict[tuple[str, str], tuple[str, list[tuple[str, str]]]]):
    """A path's parts around its values, by route name and language, taken apart once."""

    def __init__(self, paths: Mapping[str, str]) -> None:
        super().__init__()
        self._paths = paths

    def __missing__(self, key: tuple[str, str]) -> tuple[str, list[tuple[str, str]]]:
        name, language = key
        if language not in LANGUAGE_TAGS:
            raise KeyError(language)
        path = self._paths[name].replace("{language}", language)
        before, *rest = _VALUE.split(path)
        self[key] = before, list(zip(rest[::2], rest[1::2], strict=True))
        return self[key]


class Links:
    """Knows every route's path."""

    def __init__(self, paths: Mapping[str, str], address: str) -> None:
        self._pieces = _Pieces(paths)
        self.address = address

    def path(
        self, name: str, language: str, query: Mapping[str, Any] | None = None, **values: Any
    ) -> str:
        """Return the path of a page in a language, by tag; None is left out of the query."""
        path, values_in_it = self._pieces[name, language]
        for key, after in values_in_it:
            path += _quoted(values[key]) + after
        if query:
            asked = {key: value for key, value in query.items() if value is not None}
            if asked:
                return f"{path}?{_query(asked)}"
        return path

    def absolute(
        self, name: str, language: str, query: Mapping[str, Any] | None = None, **values: Any
    ) -> str:
        """Return the path with the portal's public address in front."""
        return self.address + self.path(name, language, query, **values)


def number_in(address: str) -> int:
    """Return a record's number from an address, or raise NotFoundError."""
    if not (address.isascii() and address.isdigit() and len(address) <= LONGEST_NUMBER):
        raise NotFoundError
    return int(address)


def safe_next(target: str | None, fallback: str) -> str:
    """Return a path of this portal, or `fallback` for anything that could lead elsewhere."""
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
