"""Order names by CLDR's Kazakh alphabet, which holds Russian's, and Latin ones without marks."""

from typing import Final
from unicodedata import normalize

from portal.i18n.kazakh.letters import ALPHABET


class _Places(dict[int, str | None]):
    """By the code points of small letters: what they are sorted as; None for what is skipped."""

    def __missing__(self, point: int) -> str | None:
        letter = chr(point)
        plain = "i" if letter == "ı" else normalize("NFD", letter)[0]
        return plain if plain.isalnum() or plain == " " else None


_PLACES: Final = _Places()
# Those that most names are made of are known; whatever else is typed is not kept.
_PLACES.update({point: _PLACES[point] for point in range(0x250)})
_PLACES.update({ord(letter): chr(0x400 + place) for place, letter in enumerate(ALPHABET)})


def in_alphabet(name: str) -> tuple[str, str]:
    """By what names are sorted: their letters, digits and spaces, then all of it."""
    folded = name.casefold()
    return folded.translate(_PLACES), folded
