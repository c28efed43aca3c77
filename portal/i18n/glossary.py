"""Terms that translators have agreed on, found in a text by the stems of their words."""

import csv
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from portal import HOME

MAX_TERMS: Final = 8
# Kazakh and Russian endings grow at the end; this much of a word's beginning tells it apart.
_ENDING: Final = 2
_SHORTEST_STEM: Final = 4
_WORD: Final = re.compile(r"\w+")
_ASIDE: Final = re.compile(r"\s*\([^)]*\)")


class Term(NamedTuple):
    """A term of the original, and what it is called in the language it is put into."""

    source: str
    target: str


def terms_in(text: str, source: str, target: str) -> tuple[Term, ...]:
    """Return the agreed terms that occur in a text, in the order of the glossary."""
    words = [word.casefold() for word in _WORD.findall(text)]
    known = _stems(source, target)
    found = (
        term
        for stems, term in known
        if any(_begin(words[at : at + len(stems)], stems) for at in range(len(words)))
    )
    return tuple(dict.fromkeys(found))[:MAX_TERMS]


def _begin(words: list[str], stems: tuple[str, ...]) -> bool:
    return len(words) == len(stems) and all(
        word == stem or (len(stem) >= _SHORTEST_STEM and word.startswith(stem))
        for word, stem in zip(words, stems, strict=True)
    )


@lru_cache(maxsize=9)
def _stems(source: str, target: str) -> tuple[tuple[tuple[str, ...], Term], ...]:
    with (HOME / "locales" / "glossary.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return tuple(
        (tuple(map(_stem, _WORD.findall(variant))), Term(variant, row[target]))
        for row in rows
        for variant in _variants(row[source])
    )


def _variants(term: str) -> Iterable[str]:
    """Alternatives stand between slashes, explanations in brackets."""
    return (each for part in term.split(" / ") if (each := _ASIDE.sub("", part).strip()))


def _stem(word: str) -> str:
    folded = word.casefold()
    return folded[: max(_SHORTEST_STEM, len(folded) - _ENDING)]
