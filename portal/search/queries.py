"""What somebody looks for: the words of a query with everything that may stand for them."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from portal.search.analysis import form_of, key_of, parts_of, stem_of, tokens
from portal.search.stemmers import STEMMERS
from portal.search.synonyms import synonyms_of

# Nobody types more in earnest; the rest of a query is not looked at.
LONGEST_QUERY: Final = 200
MAX_WORDS: Final = 12


class Word(NamedTuple):
    """A word whose key, alike in all scripts, finds it in a text; form and stems say how well."""

    form: str
    # In every language that has a stemmer, since nobody says which one a query is in.
    stems: frozenset[str]
    key: str


class Term(NamedTuple):
    """Something that has to be found, in one of its readings."""

    typed: str
    # The typed one first, then synonyms; each is one word or several that stand side by side.
    readings: tuple[tuple[Word, ...], ...]


def terms_of(query: str) -> tuple[Term, ...]:
    """Return the terms to be found, synonyms as one; 200 characters and 12 words count at most."""
    forms = _forms(query[:LONGEST_QUERY])
    terms, at = [], 0
    while at < len(forms):
        length, others = synonyms_of(forms[at:])
        length = length or 1
        typed = forms[at : at + length]
        at += length
        parts = parts_of(typed[0]) if length == 1 else ()
        readings = dict.fromkeys(map(_phrase, (typed, *filter(None, [parts]), *others)))
        terms.append(Term(" ".join(typed), tuple(readings)))
    return tuple(terms)


def _forms(query: str) -> list[str]:
    found = [(token.start, token.form) for token in tokens(query, "und")]
    # Parts of patronymics stand at the same place as the whole.
    first = [form for at, (start, form) in enumerate(found) if not at or found[at - 1][0] != start]
    return first[:MAX_WORDS]


def _phrase(words: Iterable[str]) -> tuple[Word, ...]:
    return tuple(word_of(word) for word in words)


def word_of(word: str) -> Word:
    """Return a word with its stems and its key."""
    form = form_of(word)
    stems = frozenset(stem_of(form, language) for language in STEMMERS)
    return Word(form, stems, key_of(form))
