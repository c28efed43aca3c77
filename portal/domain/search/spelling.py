"""What may have been meant: another keyboard layout, or a word that titles hold."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from portal.db.engine import rows
from portal.domain.publishing.search_index.rules import TITLE_FORM
from portal.domain.search.statements import IS_VISIBLE, t, texts, visible
from portal.search.keyboards import slips_of
from portal.search.queries import terms_of
from portal.search.spelling import Vocabulary

# How long a vocabulary is used before it is read anew.
_LASTS: Final = timedelta(minutes=10)
_SHORTEST: Final = 3
# Words that are looked at and guesses that are tried for each.
_LOOKED_AT: Final = 8
_MAX_WORDS: Final = 3
_known: WeakKeyDictionary[Engine, tuple[datetime, Vocabulary]] = WeakKeyDictionary()

# Titles whose words are suggested.
_MAX_TITLES: Final = 20_000
_TITLES: Final = (
    select(t.title_words)
    .select_from(visible(texts))
    .where(IS_VISIBLE)
    .order_by(t.id.desc())
    .limit(_MAX_TITLES)
)


def titles(db: Session) -> Iterable[str]:
    """Return the indexed words of the latest titles."""
    return rows(db, _TITLES, {}).scalars()


def meant(db: Session, query: str, now: datetime, holds: Callable[[str], bool]) -> Iterator[str]:
    """Return queries that may be meant; `holds` says whether a word finds anything."""
    yield from slips_of(query)
    terms = terms_of(query)
    if not terms:
        return
    vocabulary = _vocabulary(db, now)
    near = [
        [term.typed]
        if len(term.readings[0]) > 1 or holds(term.typed)
        else _near(vocabulary, term.typed) or [term.typed]
        for term in terms
    ]
    # The likeliest of all words first, then the others of one word at a time.
    first = [each[0] for each in near]
    guesses = [first] + [
        [*first[:place], other, *first[place + 1 :]]
        for place, each in enumerate(near)
        for other in each[1:]
    ]
    typed = [term.typed for term in terms]
    yield from (" ".join(guess) for guess in guesses if guess != typed)


def _near(vocabulary: Vocabulary, word: str) -> list[str]:
    """Return the nearest words, first those in the script that was typed."""
    script = _script_of(word)
    near = vocabulary.suggestions(word, most=_LOOKED_AT)
    return sorted(near, key=lambda each: _script_of(each) != script)[:_MAX_WORDS]


def _script_of(word: str) -> str:
    return unicodedata.name(word[:1], "").partition(" ")[0]


def _vocabulary(db: Session, now: datetime) -> Vocabulary:
    bind: Engine | Connection = db.get_bind()
    engine = bind.engine
    made_at, vocabulary = _known.get(engine, (None, None))
    if vocabulary is None or made_at is None or not made_at <= now < made_at + _LASTS:
        counts = Counter(
            word[1:]
            for title in titles(db)
            for word in title.split()
            if word[0] == TITLE_FORM and len(word) > _SHORTEST
        )
        vocabulary = Vocabulary(counts)
        _known[engine] = now, vocabulary
    return vocabulary
