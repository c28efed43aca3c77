"""What of a text is shown to whoever has looked for something: a piece of it, its words marked."""

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from portal.i18n.kazakh.folding import folded
from portal.search.analysis import form_of, key_of, parts_of, stem_of, word_pattern
from portal.search.queries import Term, Word

# About two lines on a wide screen.
LONGEST_SNIPPET: Final = 220
# Of a text that is looked through, and how far on after the first word that was found.
_LOOKED_THROUGH: Final = 20_000
_FURTHER: Final = 300
_BEFORE: Final = 50
# Digits, and letters of Latin, Cyrillic and Arabic script, composed ones and forms of Arabic too.
_SEARCHED: Final = (*range(0x30, 0x700), *range(0x1E00, 0x2000), *range(0xFB50, 0xFF00))
# First letters of keys that may come of two letters, and how the first of those is folded alone.
_OF_TWO: Final = {"S": "s", "C": "s", "j": "z", "h": "k", "s": "t", "e": "i"}


class Piece(NamedTuple):
    """A stretch of text, marked if it is what was looked for."""

    text: str
    is_marked: bool = False


class Marker:
    """Finds the words of a query's terms in texts."""

    def __init__(self, terms: Sequence[Term]) -> None:
        words = [word for term in terms for reading in term.readings for word in reading]
        self._forms = {word.form: word for word in words}
        self._stems = {stem: word for word in words for stem in word.stems}
        self._keys = {word.key: word for word in words}
        begin = {known[:1] for known in (*self._forms, *self._stems, *self._keys)}
        self._words = _words_that_begin(
            frozenset(begin | {_OF_TWO[each] for each in begin if each in _OF_TWO})
        )
        # What words of texts were looked for as, by language: most are met again in the next text.
        self._met: defaultdict[str, dict[str, Word | None]] = defaultdict(dict)

    def whole(self, text: str, language: str) -> tuple[Piece, ...]:
        """Return all of a text, in pieces."""
        return _pieces(text, [span for span, _word in self._spans(text, language)], 0, len(text))

    def snippet(self, text: str, language: str) -> tuple[Piece, ...]:
        """Return the piece of a text, between words, with most of the query, else its beginning."""
        found = self._spans(text[:_LOOKED_THROUGH], language)
        start = _best_start(found)
        if start:
            start = text.find(" ", max(start - _BEFORE, 0)) + 1 if start > _BEFORE else 0
        end = len(text)
        if end - start > LONGEST_SNIPPET:
            end = text.rfind(" ", start, start + LONGEST_SNIPPET)
            end = end if end > start else start + LONGEST_SNIPPET
        pieces = _pieces(text, [span for span, _word in found], start, end)
        before = (Piece("… "),) if start else ()
        return (*before, *pieces, *((Piece(" …"),) if end < len(text) else ()))

    def _spans(self, text: str, language: str) -> list[tuple[tuple[int, int], Word]]:
        found: list[tuple[tuple[int, int], Word]] = []
        met, last = self._met[language], len(text)
        for match in self._words.finditer(text):
            raw, start = match[0], match.start()
            if start > last:
                break
            if raw not in met:
                met[raw] = self._looked_for(raw, language)
            if (word := met[raw]) is not None:
                if not found:
                    last = start + _FURTHER
                found.append(((start, match.end()), word))
        return found

    def _looked_for(self, raw: str, language: str) -> Word | None:
        form = form_of(raw)
        if (word := self._same(form, language)) is not None:
            return word
        parts = (self._same(part, language) for part in parts_of(form))
        return next(filter(None, parts), None)

    def _same(self, form: str, language: str) -> Word | None:
        return (
            self._forms.get(form)
            or self._stems.get(stem_of(form, language))
            or self._keys.get(key_of(form))
        )


@lru_cache(maxsize=256)
def _words_that_begin(begin: frozenset[str]) -> re.Pattern[str]:
    """Find words whose key, form or stem may begin so, far quicker than by key."""
    letters = {letter for each in (*begin, "") for letter in (each, *_letters().get(each, ""))}
    return word_pattern("[" + "".join(map(re.escape, sorted(letters - {""}))) + "]")


@lru_cache(maxsize=1)
def _letters() -> dict[str, str]:
    """By the first letter of their keys, all letters of the scripts that are searched."""
    found: dict[str, str] = defaultdict(str)
    for code in _SEARCHED:
        if chr(code).isalnum():
            found[folded(chr(code))[:1]] += chr(code)
    return found


def _best_start(found: Sequence[tuple[tuple[int, int], Word]]) -> int:
    """Return where the first stretch begins that holds most different words."""
    best, start = 0, 0
    for place, ((begin, _end), _word) in enumerate(found):
        last = begin + LONGEST_SNIPPET - _BEFORE
        held = len({word for (_begin, end), word in found[place:] if end <= last})
        if held > best:
            best, start = held, begin
    return start


def _pieces(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> tuple[Piece, ...]:
    pieces, at = [], start
    for begin, stop in spans:
        if begin < at or stop > end:
            continue
        if begin > at:
            pieces.append(Piece(text[at:begin]))
        pieces.append(Piece(text[begin:stop], is_marked=True))
        at = stop
    return (*pieces, Piece(text[at:end])) if at < end else tuple(pieces)
