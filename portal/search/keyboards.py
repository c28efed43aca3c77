"""Queries typed in another keyboard layout than was meant: ghbdtn for привет, йфяфй for qazaq."""

from typing import Final

_ENGLISH: Final = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_RUSSIAN: Final = "ёйцукенгшщзхъфывапролджэячсмитьбю"
# The Kazakh layout is the Russian one with these on its digits.
_KAZAKH_KEYS: Final = "234589" + "0-="
_KAZAKH: Final = "әіңғүұ" + "қөһ"
_TO_RUSSIAN: Final = str.maketrans(_ENGLISH, _RUSSIAN)
_TO_KAZAKH: Final = str.maketrans(_ENGLISH + _KAZAKH_KEYS, _RUSSIAN + _KAZAKH)
_TO_ENGLISH: Final = str.maketrans(_RUSSIAN + _KAZAKH, _ENGLISH + _KAZAKH_KEYS)
_SHORTEST: Final = 3


def slips_of(query: str) -> tuple[str, ...]:
    """Return a query that found nothing as typed in other keyboard layouts, the likelier first."""
    small = query.strip().lower()
    letters = sum(letter.isalpha() for letter in small)
    if letters < _SHORTEST:
        return ()
    if small.isascii():
        meant = (small.translate(_TO_KAZAKH), small.translate(_TO_RUSSIAN))
        return tuple(each for each in dict.fromkeys(meant) if _is_cyrillic(each))
    if _is_cyrillic(small):
        meant_in_latin = small.translate(_TO_ENGLISH)
        return (meant_in_latin,) if meant_in_latin.isascii() else ()
    return ()


def _is_cyrillic(text: str) -> bool:
    """Return whether all letters are Cyrillic and at least one is a vowel."""
    letters = [letter for letter in text if letter.isalpha()]
    return all("а" <= letter <= "ӿ" for letter in letters) and any(
        letter in "аәеёиоөуұүыіэюя" for letter in letters
    )
