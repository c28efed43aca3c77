"""Words that are not written by rule: those of the portal, and those somebody corrected."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

# Ends an entry that stands for the beginning of words: what follows it is written by rule.
ANY_ENDING: Final = "*"


class Exceptions(NamedTuple):
    """Corrected words by their Cyrillic spelling in small letters."""

    whole: Mapping[str, str]
    beginnings: Mapping[str, str]
    # Lengths of the beginnings, longest first.
    lengths: tuple[int, ...]

    def found(self, small: str) -> tuple[str, str] | None:
        """Return how a word in small letters is written, and what is left of it for the rules."""
        if small in self.whole:
            return self.whole[small], ""
        for length in self.lengths:
            if small[:length] in self.beginnings:
                return self.beginnings[small[:length]], small[length:]
        return None


def exceptions_of(words: Mapping[str, str]) -> Exceptions:
    """Exceptions from Cyrillic words (`концерт*` with any ending) to what they are written as."""
    small = {word.strip().lower(): written.strip() for word, written in words.items()}
    whole = {word: said for word, said in small.items() if said and not word.endswith(ANY_ENDING)}
    beginnings = {
        word.removesuffix(ANY_ENDING): said
        for word, said in small.items()
        if said and word.endswith(ANY_ENDING) and word != ANY_ENDING
    }
    lengths = sorted({len(word) for word in beginnings}, reverse=True)
    return Exceptions(whole, beginnings, tuple(lengths))


def known_exceptions(tag: str) -> Exceptions:
    """Return the portal's own, from a script's column (its BCP 47 tag) in `exceptions.tsv`."""
    text = Path(__file__).with_name("exceptions.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return exceptions_of({row["cyrl"]: row[tag] for row in rows})
