"""Words and names that stand for each other in every language and script, from `synonyms.tsv`."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from portal.search.analysis import key_of, tokens

Phrase = tuple[str, ...]


# The longest phrase that has synonyms.
MAX_WORDS: Final = 3


def synonyms_of(words: Sequence[str]) -> tuple[int, tuple[Phrase, ...]]:
    """Return how many words, from the first on, have synonyms together, and which; else (0, ())."""
    known = _known()
    for length in range(min(MAX_WORDS, len(words)), 0, -1):
        typed = tuple(map(key_of, words[:length]))
        if typed in known:
            others = known[typed]
            return length, tuple(each for each in others if tuple(map(key_of, each)) != typed)
    return 0, ()


@lru_cache(maxsize=1)
def _known() -> Mapping[Phrase, tuple[Phrase, ...]]:
    text = Path(__file__).with_name("synonyms.tsv").read_text(encoding="utf-8")
    known: dict[Phrase, dict[Phrase, None]] = {}
    for row in text.splitlines()[1:]:
        group = [tuple(token.form for token in tokens(each, "und")) for each in row.split("\t")]
        for phrase in group:
            known.setdefault(tuple(map(key_of, phrase)), {}).update(dict.fromkeys(group))
    return {phrase: tuple(others) for phrase, others in known.items()}
