"""A light stemmer of Kazakh, and the key that a word has in all its scripts.

Endings come off one after the other, the longest first, as long as three letters with a vowel
stay (two, if the first is the vowel: ат, іс) and the letter before suits the ending. After an
ending of a verb only few follow. Listed roots stay whole; those that lose a vowel get it back
(халқы, халық). In the end ы, і and ь go, and б г ғ become п к қ (кітабы, кітап).
The endings are those that raise F1 on tests/kazakh/stems.tsv (tests/kazakh/measured.py): .882 on
all; chosen on one half of its lemmas, .888 and .851 on the other half.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from portal.i18n.kazakh.endings import Endings, cyrillic_endings, folded_endings
from portal.i18n.kazakh.folding import folded

_MAX_ENDINGS: Final = 9
# Roots that endings leave behind; two letters are enough if they begin with a vowel, or if the
# ending is long: де-генде.
_LONG_ROOT: Final = 3
_LONG_ENDING: Final = 3


class _Letters(NamedTuple):
    """What the stemmer knows of an alphabet."""

    vowels: str
    # Those that stand for the vowels of endings.
    high: str
    # Last letters that change before a vowel, and what they are without one.
    softened: str
    hard: str


_CYRILLIC: Final = _Letters("аәеёиоөуұүыіэюя", "ыі", "бгғ", "пкқ")
_FOLDED: Final = _Letters("aeiou", "i", "bg", "pk")


class _Stemmer:
    """The stemmer for one alphabet."""

    def __init__(self, letters: _Letters, endings: Endings, roots: Mapping[str, str]) -> None:
        self._letters = letters
        self._endings = (endings.first, endings.then)
        self._lengths = tuple(
            sorted({len(each) for each in known}, reverse=True) for known in self._endings
        )
        self._of_verbs = endings.of_verbs
        self._vowel = re.compile(f"[{letters.vowels}]")
        self._harden = str.maketrans(letters.softened, letters.hard)
        self._roots = roots

    def stem(self, word: str) -> str:
        """Return what is left of a word in small letters."""
        is_verb = False
        for _time in range(_MAX_ENDINGS):
            if word in self._roots:
                return self._roots[word].removesuffix("ь")
            if not (ending := self._ending(word, is_verb=is_verb)):
                break
            word = word[: -len(ending)]
            is_verb = is_verb or ending in self._of_verbs
        return self._levelled(word)

    def _ending(self, word: str, *, is_verb: bool) -> str:
        """Return the ending that leaves a known root, or the longest one, or nothing."""
        endings = self._endings[is_verb]
        for length in reversed(self._lengths[is_verb]):
            if word[:-length] in self._roots and word[-length:] in endings:
                return word[-length:]
        for length in self._lengths[is_verb]:
            ending = word[-length:]
            if ending in endings and self._comes_off(word[:-length], ending, endings[ending]):
                return ending
        return ""

    def _comes_off(self, root: str, ending: str, before: frozenset[str] | None) -> bool:
        if len(root) < _LONG_ROOT and not self._is_short_root(root, ending):
            return False
        if before is not None and root[-1] not in before:
            return False
        # аты-сы is not cut into аты, but таныс-ы into таныс.
        is_other_s = ending in _S_OF_BELONGING and root[-1] in self._letters.high
        return not is_other_s and self._vowel.search(root) is not None

    def _is_short_root(self, root: str, ending: str) -> bool:
        if len(root) < _LONG_ROOT - 1:
            return False
        vowels = self._letters.vowels
        if root[0] in vowels:
            # A folded i may be a consonant: ай, үй.
            return root[1] not in vowels or root[1] == "i"
        return root[1] in vowels and len(ending) >= _LONG_ENDING

    def _levelled(self, word: str) -> str:
        """Return the root without what differs between its forms."""
        letters = self._letters
        word = word.removesuffix("ь")
        is_short = len(word) == _LONG_ROOT and self._is_short_root(word[:-1], "")
        if word[-1:] in letters.high and (len(word) > _LONG_ROOT or is_short):
            word = word[:-1]
        return word[:-1] + word[-1:].translate(self._harden)


_S_OF_BELONGING: Final = frozenset({"сы", "сі", "si"})


def _roots() -> dict[str, str]:
    """Roots by what endings leave of them: themselves, or халқ of халық."""
    text = Path(__file__).with_name("roots.txt").read_text(encoding="utf-8")
    parts = [each.partition("=") for each in text.split()]
    return {left: root or left for left, _sign, root in parts} | {
        root: root for _left, _sign, root in parts if root
    }


# Made when they are first asked for, which most processes never do.
@lru_cache(maxsize=1)
def _in_cyrillic() -> _Stemmer:
    return _Stemmer(_CYRILLIC, cyrillic_endings(), _roots())


@lru_cache(maxsize=1)
def _across_scripts() -> _Stemmer:
    roots = {folded(left): folded(root) for left, root in _roots().items()}
    return _Stemmer(_FOLDED, folded_endings(folded), roots)


def stem(word: str) -> str:
    """Return the stem of a Kazakh word in Cyrillic; a stem is only compared with stems."""
    return _in_cyrillic().stem(word.lower())


def key(word: str) -> str:
    """Return a word's folded stem: `kazak` for қазақтар, казактар, qazaqtar and قازاقتار alike."""
    return _across_scripts().stem(folded(word))
