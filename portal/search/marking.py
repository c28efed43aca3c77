"""What of a text is shown to whoever has looked for something: a piece of it, its words marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from portal.search.analysis import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.search.queries import Term, Word

# About two lines on a wide screen.
LONGEST_SNIPPET: Final = 220
# Of a text that is looked through, and how far on after the first word that was found.
_LOOKED_THROUGH: Final = 20_000
_FURTHER: Final = 600
_BEFORE: Final = 50


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

    def whole(self, text: str, language: str) -> tuple[Piece, ...]:
        """All of a text, in pieces."""
        return _pieces(text, [span for span, _word in self._spans(text, language)], 0, len(text))

    def snippet(self, text: str, language: str) -> tuple[Piece, ...]:
        """The piece of a text that holds most of what was looked for, else its beginning.

        It begins and ends between words; dots say that more stands before or after.
        """
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
        for token in tokens(text, language):
            if found and token.start > found[0][0][0] + _FURTHER:
                break
            word = (
                self._forms.get(token.form)
                or self._stems.get(token.stem)
                or self._keys.get(token.key)
            )
            # Parts of a patronymic stand at the place of the whole.
            if word is not None and not (found and found[-1][0][0] == token.start):
                found.append(((token.start, token.end), word))
        return found


def _best_start(found: Sequence[tuple[tuple[int, int], Word]]) -> int:
    """Where the stretch begins that holds most different words, the first of such stretches."""
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
