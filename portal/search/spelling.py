"""Words near to a misspelt one, out of those that the portal's own texts hold."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final, NamedTuple

from portal.i18n.kazakh.folding import folded
from portal.search.analysis import LONGEST_WORD, form_of

# Letters that may be wrong in a word of at least so many.
_ALLOWED: Final = ((8, 2), (4, 1))


class _Known(NamedTuple):
    """A word of the vocabulary."""

    letters: int
    key: str
    word: str
    times: int


class Vocabulary:
    """Words to suggest and how often each occurs, built once, compared by their folded letters."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._by_length: dict[int, list[_Known]] = defaultdict(list)
        self._keys: set[str] = set()
        for word, count in counts.items():
            key = folded(form_of(word))
            self._keys.add(key)
            self._by_length[len(key)].append(_Known(_letters(key), key, word, count))

    def suggestions(self, word: str, most: int = 3) -> list[str]:
        """Return the nearest words, nearest and most frequent first; none if it is known itself."""
        key = folded(form_of(word))[:LONGEST_WORD]
        allowed = next((wrong for length, wrong in _ALLOWED if len(key) >= length), 0)
        if key in self._keys or not allowed:
            return []
        letters = _letters(key)
        near = []
        for length in range(len(key) - allowed, len(key) + allowed + 1):
            for known in self._by_length.get(length, ()):
                # One wrong letter changes two of the set at most.
                if (known.letters ^ letters).bit_count() <= 2 * allowed:
                    away = distance(key, known.key, allowed)
                    if away <= allowed:
                        near.append((away, -known.times, known.word))
        return [found for _away, _count, found in sorted(near)[:most]]


def distance(one: str, other: str, most: int) -> int:
    """Letters to add, drop, change or swap with a neighbour; `most` + 1 if it would be more."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, there in enumerate(other, 1):
            cost = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != there))
            is_swapped = (
                row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == there
            )
            now.append(min(cost, before[column - 2] + 1) if is_swapped else cost)
        if min(now) > most:
            return most + 1
        before, last = last, now
    return min(last[-1], most + 1)


def _letters(key: str) -> int:
    """Return the letters of a key as bits."""
    bits = 0
    for letter in key:
        bits |= 1 << (ord(letter) & 63)
    return bits
