"""The order of names in all languages: Kazakh's alphabet, which holds Russian's, and plain letters.

Code points put the nine letters that Russian lacks behind all others, and İzmir behind Zürich. For
Cyrillic it is the order of CLDR's Kazakh tailoring; Latin letters stand where they stand without
their marks.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from unicodedata import normalize

from portal.kazakh.letters import ALPHABET

_CYRILLIC: Final = {letter: 0x400 + place for place, letter in enumerate(ALPHABET)}


def in_alphabet(name: str) -> tuple[list[int], str]:
    """By what names are sorted: their letters, digits and spaces, then all of it."""
    folded = name.casefold()
    return [place for letter in folded if (place := _place(letter))], folded


@lru_cache(maxsize=2_048)
def _place(letter: str) -> int:
    """Where a small letter stands; 0 for what is skipped, such as quotation marks."""
    if letter in _CYRILLIC:
        return _CYRILLIC[letter]
    plain = "i" if letter == "ı" else normalize("NFD", letter)[0]
    return ord(plain) if plain.isalnum() or plain == " " else 0
