"""What is asked, how it is put to the index, and how what is found is ranked. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, NamedTuple

from portal.core.item_kinds import ItemKind
from portal.domain.publishing.search_index import rules as search_index_rules
from portal.domain.publishing.search_index.rules import lexeme
from portal.domain.publishing.search_index.words import Engine, beginning, every, some, word
from portal.i18n.kazakh.folding import folded
from portal.search.analysis import stem_of
from portal.search.queries import Term, Word

# Of what is found, so many are looked at to be ranked; nobody leafs further.
MAX_RESULTS: Final = 50
# Where more are found, so many whose titles hold the words are looked at beside the latest.
MAX_TITLED: Final = 20
KINDS: Final = (ItemKind.EVENT, ItemKind.INITIATIVE, ItemKind.STORY, ItemKind.ORGANIZATION)


class When(StrEnum):
    """Events alone have a time."""

    COMING = "coming"
    PAST = "past"


class At(StrEnum):
    """Where an event can be taken part in."""

    ONLINE = "online"
    PLACE = "place"


@dataclass(frozen=True)
class Filters:
    """What is searched; None means all."""

    kind: ItemKind | None = None
    language: str | None = None
    when: When | None = None
    at: At | None = None
    # Of the organisation behind it (ISO 3166).
    country: str | None = None
    organization_id: int | None = None

    @property
    def asked(self) -> frozenset[str]:
        """The names of those that narrow; each set of them has a statement of its own."""
        return frozenset(name for name, value in vars(self).items() if value is not None)

    def without(self, name: str) -> "Filters":
        """Return the filters but for one."""
        return replace(self, **{name: None})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that was found."""

    number: int
    kind: str
    item_id: int
    language: str
    title_words: str
    # Of the organisation behind it, if there is one: its address, and its name as it is stored.
    organization: str | None
    name: str | None
    country: str | None
    # Of events alone: whether it is still to come.
    is_coming: bool | None
    # One of `Level`, as far as it is told.
    level: str


class Level(StrEnum):
    """How near a text's word has to be to the one that is looked for."""

    FORM = "form"
    STEM = "stem"
    KEY = "key"
    TITLE = "title"


def expression(engine: Engine, terms: Sequence[Term], level: Level, *, any_term: bool) -> str:
    """Return what asks the index for all terms, or for any; nothing if no word is left of them."""
    by_term = [
        some(
            engine,
            (
                every(engine, (some(engine, _words(engine, each, level)) for each in reading))
                for reading in term.readings
            ),
        )
        for term in terms
    ]
    return (some if any_term else every)(engine, by_term)


def _words(engine: Engine, looked_for: Word, level: Level) -> list[str]:
    """Return a query's word as the index knows it; a form only where its key is unknown."""
    form, key = looked_for.form, looked_for.key
    of_form, of_stem, of_key = _MARKS[level is Level.TITLE]
    asked: list[str] = []
    if level is not Level.FORM:
        asked += (lexeme(of_stem, stem) for stem in _foreign_stems(form))
        asked.append(
            lexeme(search_index_rules.KAZAKH, stem_of(form, "kk"))
            if level is Level.STEM
            else lexeme(of_key, key)
        )
    return [word(engine, each) for each in asked if each] or [word(engine, lexeme(of_form, form))]


# Of a text, and of its title.
_MARKS: Final = (
    (search_index_rules.FORM, search_index_rules.STEM, search_index_rules.KEY),
    (search_index_rules.TITLE_FORM, search_index_rules.TITLE_STEM, search_index_rules.TITLE_KEY),
)
# Whose stemmer bends words with such letters; Kazakh's is apart, since no other script has it: its
# stems rank, and find nothing.
_BENT_BY: Final = {"ru": re.compile("[а-яё]"), "en": re.compile("[a-z]")}


def _foreign_stems(form: str) -> list[str]:
    return [stem_of(form, each) for each, letters in _BENT_BY.items() if letters.search(form)]


def beginning_expression(engine: Engine, terms: Sequence[Term]) -> str:
    """Return what asks for titles with all terms, of which the last may only be begun."""
    if not terms:
        return ""
    last = terms[-1].readings[0][-1]
    begun = some(
        engine,
        (
            expression(engine, terms[-1:], Level.TITLE, any_term=False),
            beginning(engine, lexeme(search_index_rules.TITLE_FORM, last.form)),
            beginning(engine, lexeme(search_index_rules.TITLE_KEY, folded(last.form))),
        ),
    )
    before = expression(engine, terms[:-1], Level.TITLE, any_term=False)
    return every(engine, (before, begun))


# What a word of the title is worth, by how near it is, and one of the text; a synonym is less
# than the word itself in another script.
_IN_TITLE: Final = {"form": 8.0, "stem": 6.5, "key": 5.0}
# A text that was found by its title alone was not looked at any nearer.
_IN_TEXT: Final[dict[str, float]] = {
    Level.FORM: 3.0,
    Level.STEM: 2.0,
    Level.KEY: 1.0,
    Level.TITLE: 1.0,
}
_SYNONYM: Final = 0.6
_WHOLE_TITLE: Final = 1.5
_COMING, _UNDATED = 1.2, 0.8
_OWN_LANGUAGE: Final = 0.3


class Scored(NamedTuple):
    """A candidate and what it is worth; of equals the latest is the greater."""

    score: float
    number: int
    candidate: Candidate


def scorer(terms: Sequence[Term], language: str) -> Callable[[Candidate], Scored]:
    """Judge candidates: exact before stem before key, titles before texts, coming before past.

    `language` is the reader's, which decides where all else is the same.
    """
    wanted = [
        [
            ([_title_marks(each) for each in reading], 1.0 if not place else _SYNONYM)
            for place, reading in enumerate(term.readings)
        ]
        for term in terms
    ]

    def score(found: Candidate) -> Scored:
        total, named, in_text = 0.0, 0, _IN_TEXT[found.level]
        for term in wanted:
            in_title = 0.0
            for marks, worth in term:
                in_title = max(in_title, _reading(found.title_words, marks) * worth)
            named += in_title > 0
            total += max(in_title, in_text)
        total /= max(len(wanted), 1)
        if named:
            words = max(found.title_words.count(f" {search_index_rules.TITLE_FORM}"), 1)
            total += _WHOLE_TITLE * min(named / words, 1)
        if found.is_coming is None:
            total += _UNDATED
        elif found.is_coming:
            total += _COMING
        total += _OWN_LANGUAGE * (found.language == language)
        return Scored(total, found.number, found)

    return score


def _title_marks(looked_for: Word) -> list[tuple[str, float]]:
    form = looked_for.form
    marks = [(lexeme(search_index_rules.TITLE_FORM, form), _IN_TITLE["form"])]
    marks += [
        (lexeme(search_index_rules.TITLE_STEM, each), _IN_TITLE["stem"])
        for each in _foreign_stems(form)
    ]
    marks.append((lexeme(search_index_rules.TITLE_KAZAKH, stem_of(form, "kk")), _IN_TITLE["stem"]))
    marks.append((lexeme(search_index_rules.TITLE_KEY, looked_for.key), _IN_TITLE["key"]))
    return [(f" {mark} ", worth) for mark, worth in marks if mark]


def _reading(title_words: str, marks: Sequence[Sequence[tuple[str, float]]]) -> float:
    """Return what the least of a reading's words is worth; nothing if one is not in the title."""
    least = _IN_TITLE["form"]
    for each in marks:
        for mark, worth in each:
            if mark in title_words:
                least = min(least, worth)
                break
        else:
            return 0.0
    return least


def best(scored: Iterable[Scored], language: str) -> list[Candidate]:
    """Items by their best text, of equals the latest, shown in the reader's language if found."""
    items: dict[tuple[str, int], Candidate] = {}
    own: dict[tuple[str, int], Candidate] = {}
    for _score, _number, each in sorted(scored, reverse=True):
        item = each.kind, each.item_id
        items.setdefault(item, each)
        if each.language == language:
            own.setdefault(item, each)
    return [own.get(item, each) for item, each in items.items()]
