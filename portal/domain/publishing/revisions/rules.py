"""How two versions of a text differ, word by word, and which facts have changed. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeAlias

# A text by language, a list of words, one word, or nothing.
Fact: TypeAlias = "dict[str, str] | list[str] | str | None"

# Comparing takes the product of both lengths; a longer passage is shown as replaced altogether.
MAX_PAIRS: Final = 90_000
# So much of what stayed is shown around a change.
CONTEXT: Final = 120
_WORDS: Final = re.compile(r"\s*\w+|\s*[^\w\s]|\s+")


class How(StrEnum):
    """What became of a piece of text."""

    UNCHANGED = "unchanged"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words with the same fate."""

    how: How
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that differs; `language` is named where it is a text."""

    name: str
    language: str | None
    before: Fact
    after: Fact


def changes(before: Mapping[str, Fact], after: Mapping[str, Fact]) -> list[Change]:
    """Return what differs between two revisions, in the order of the later one's facts."""
    found = []
    for name in dict.fromkeys((*after, *before)):
        old, new = before.get(name), after.get(name)
        if not isinstance(old or new, dict):
            found += [Change(name, None, old, new)] if old != new else []
            continue
        olds, news = _texts(old), _texts(new)
        found += [
            Change(name, language, olds.get(language, ""), news.get(language, ""))
            for language in dict.fromkeys((*news, *olds))
            if olds.get(language) != news.get(language)
        ]
    return found


def _texts(fact: Fact) -> dict[str, str]:
    return fact if isinstance(fact, dict) else {}


@lru_cache(maxsize=128)
def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Return both texts in one: lines are compared first, then the words of those that differ."""
    found: list[Piece] = []
    for old_lines, new_lines in _aligned(
        before.splitlines(keepends=True), after.splitlines(keepends=True)
    ):
        if old_lines == new_lines:
            _put(found, How.UNCHANGED, "".join(new_lines))
            continue
        old, new = _WORDS.findall("".join(old_lines)), _WORDS.findall("".join(new_lines))
        for old_words, new_words in _aligned(old, new):
            if old_words == new_words:
                _put(found, How.UNCHANGED, "".join(new_words))
            else:
                _put(found, How.REMOVED, "".join(old_words))
                _put(found, How.ADDED, "".join(new_words))
    return tuple(
        _shortened(piece, is_first=piece is found[0], is_last=piece is found[-1]) for piece in found
    )


def _shortened(piece: Piece, *, is_first: bool, is_last: bool) -> Piece:
    """Return unchanged text cut to what stands beside a change."""
    if piece.how is not How.UNCHANGED or len(piece.text) <= 2 * CONTEXT:
        return piece
    start = "" if is_first else piece.text[:CONTEXT]
    end = "" if is_last else piece.text[-CONTEXT:]
    return Piece(How.UNCHANGED, f"{start} … {end}")


def _put(found: list[Piece], how: How, text: str) -> None:
    if text and found and found[-1].how is how:
        found[-1] = Piece(how, found[-1].text + text)
    elif text:
        found.append(Piece(how, text))


def _aligned(
    before: Sequence[str], after: Sequence[str]
) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Passages of both that belong together; what is common at both ends costs nothing."""
    shorter = min(len(before), len(after))
    head = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    tail = next((n for n in range(shorter - head) if before[-1 - n] != after[-1 - n]), None)
    tail = shorter - head if tail is None else tail
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    yield before[:head], after[:head]
    if len(old) * len(new) > MAX_PAIRS:
        yield old, new
    else:
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        for _tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
            yield old[old_from:old_to], new[new_from:new_to]
    yield before[len(before) - tail :], after[len(after) - tail :]
