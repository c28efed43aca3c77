"""One word of Kazakh put into another script: rules for Latin, and rule R for Arabic."""

import re
from collections.abc import Mapping
from typing import Final

from portal.i18n.kazakh.letters import (
    ALPHABET,
    ARABIC,
    HAMZA,
    LATIN,
    LATIN_TURKISH,
    VOWELS,
    latin_capital,
)

# The first vowel that takes part in harmony is a front one; и, у and ю do not take part.
_FRONT: Final = re.compile("[^аәеёоөұүыіэя]*[әөүі]")
# Letters that already tell that a word is front.
_FRONT_LETTERS: Final = re.compile("[еэгк]")
_UNDOUBLED: Final = re.compile("[ий](?=[яюё])|(?<=и)[ий]")
_JOTTED: Final = re.compile("[ъь]е|(?<=[аәеёоөұүыіэюя])е")
_HUSHED: Final = re.compile("(?<=[жшчщ])ё")
_JOINED: Final = re.compile("([ийИЙ])([яюёЯЮЁ])")
_PATRONYMIC: Final = re.compile(
    "(?P<name>[А-ЯЁӘІҢҒҮҰҚӨҺ].{2,})(?P<of>(?:ұлы|қызы)(?:ның?|на|нда|нан|мен|мын?|ма)?)"
)
_HARMONIC: Final = re.compile(f"[{VOWELS}]")
# Longer all-capital words with vowels are read as words: НАТО, ЭКСПО.
_LONGEST_SPELT: Final = 3
_LONGEST_WITHOUT_VOWELS: Final = 5


def has_hamza(word: str) -> bool:
    """Return whether a word in small letters is written with a hamza before it."""
    return bool(_FRONT.match(word)) and not _FRONT_LETTERS.search(word)


def is_abbreviation(word: str) -> bool:
    """Return whether a word of capitals, in a text with small ones, is read letter by letter."""
    if len(word) < 2 or not word.isupper():  # noqa: PLR2004 - an initial is no abbreviation
        return False
    if _HARMONIC.search(word.lower()):
        return len(word) <= _LONGEST_SPELT
    return len(word) <= _LONGEST_WITHOUT_VOWELS


def spelt_in_arabic(word: str) -> str:
    """Return the letters of an abbreviation, apart, as the press prints ҚР and АҚШ."""
    return " ".join(filter(None, (ARABIC[letter] for letter in word.lower())))


def to_arabic(word: str) -> str:
    """Return a word of Cyrillic letters by rule R, with -ұлы and -қызы of patronymics apart."""
    if found := _PATRONYMIC.fullmatch(word):
        return f"{to_arabic(found['name'])} {to_arabic(found['of'])}"
    small = word.lower()
    return (HAMZA if has_hamza(small) else "") + bare_arabic(small)


def bare_arabic(small: str) -> str:
    """Return the letters of a word or a part of one, without the hamza of its beginning."""
    plain = _UNDOUBLED.sub("", small)
    return _JOTTED.sub("йе", _HUSHED.sub("о", plain)).translate(_ARABIC)


def to_latin(word: str) -> str:
    """Return a word in the draft of April 2021."""
    plain = _JOINED.sub(_once, word)
    return plain.translate(_LATIN_CAPITALS if _is_shouted(word) else _LATIN)


def _once(found: re.Match[str]) -> str:
    """Return an и or й that the next letter brings along; its capital stays one."""
    return found[2].upper() if found[1].isupper() else found[2]


def to_turkish_latin(word: str) -> str:
    """Return a word in the letters of readers in Turkey."""
    return word.translate(_TURKISH_CAPITALS if _is_shouted(word) else _TURKISH)


def _is_shouted(word: str) -> bool:
    """Return whether all letters are capitals, so that digraphs are too."""
    return len(word) > 1 and word.isupper()


def _with_capitals(letters: Mapping[str, str], *, whole: bool) -> dict[int, str]:
    """Return a table for small letters and capitals; of digraphs all or the first letter."""
    made = {ord(letter): latin for letter, latin in letters.items()}
    for letter, latin in letters.items():
        capital = latin_capital(latin if whole else latin[:1])
        made[ord(letter.upper())] = capital if whole else capital + latin[1:]
    return made


_ARABIC: Final = {ord(letter): ARABIC[letter] for letter in ALPHABET}
_LATIN: Final = _with_capitals(LATIN, whole=False)
_LATIN_CAPITALS: Final = _with_capitals(LATIN, whole=True)
_TURKISH: Final = _with_capitals(LATIN_TURKISH, whole=False)
_TURKISH_CAPITALS: Final = _with_capitals(LATIN_TURKISH, whole=True)
