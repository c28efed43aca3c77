"""Addresses that pages had in 0.1: who kept one is led to where the page is now."""

import re
from typing import Final
from urllib.parse import quote

from portal.i18n.locale import LANGUAGE_TAGS

# Old and new, below the language; the first that fits the whole address counts.
MOVED: Final = (
    ("organizing/events/([^/]+)/door", r"manage/events/\1/check-in"),
    ("organizing/([^/]+)/errand", r"manage/\1/admin-access"),
    ("organizing(/.+)?", r"manage\1"),
    ("profile/ways", "profile/sign-in-methods"),
    ("way-back", "reactivate"),
)


def moved_to(path: str) -> str | None:
    """Return the path of a page in the same language, if it had another one in 0.1."""
    language, _slash, old = path.removeprefix("/").partition("/")
    if language not in LANGUAGE_TAGS:
        return None
    for pattern, new in MOVED:
        if found := re.fullmatch(pattern, old):
            return quote(f"/{language}/{found.expand(new)}")
    return None
