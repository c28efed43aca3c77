"""The answer to a query: what was found and how it is shown, and titles to suggest."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, repeat
from typing import Any, Final

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from portal.db.engine import rows
from portal.db.rows import reader
from portal.db.types import TranslatedText, from_text
from portal.domain.search.queries import Matches, begun, find_matches, matches_anything
from portal.domain.search.rules import Candidate, Filters
from portal.domain.search.spelling import meant
from portal.domain.search.statements import IS_VISIBLE, SLUG, behind, e, i, o, s, t, texts, visible
from portal.i18n.translated import Translated
from portal.search.queries import Term, terms_of


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that was found, as results tell of it."""

    number: int
    kind: str
    language: str
    title: str
    body: str
    slug: str
    # In all its languages, for texts that have none of their own.
    name: Translated
    organization: Translated | None
    # Of events alone.
    starts_at: datetime | None
    ends_at: datetime | None
    time_zone: str | None
    mode: str | None
    status: str | None


# As many as a page shows.
MAX_LISTED: Final = 10
# More would be no help in choosing.
MAX_OFFERED: Final = 30
_NAME: Final = func.coalesce(e.title, s.title, i.title, o.name, type_=TranslatedText)
# By name and never by how many there are: the statement is made, and planned, once.
_NUMBERS: Final = [f"number_{place}" for place in range(MAX_LISTED)]
_RESULT_ROWS: Final[Select[Any]] = (
    select(
        t.id.label("number"),
        t.item_kind.label("kind"),
        t.language,
        t.title,
        t.body,
        SLUG.label("slug"),
        _NAME.label("name"),
        behind.c.name.label("organization"),
        e.starts_at,
        e.ends_at,
        e.time_zone,
        e.attendance_mode.label("mode"),
        e.status,
    )
    .select_from(visible(texts))
    .where(IS_VISIBLE, t.id.in_([bindparam(name) for name in _NUMBERS]))
)
_hit_from: Final = reader(Hit)


def hits(db: Session, found: Sequence[Candidate]) -> list[Hit]:
    """Return texts as they are shown, in order; ValueError for more than `MAX_SHOWN`."""
    numbers = [each.number for each in found]
    if not numbers:
        return []
    more = repeat(numbers[0], MAX_LISTED - len(numbers))
    shown = rows(db, _RESULT_ROWS, dict(zip(_NUMBERS, chain(numbers, more), strict=True))).all()
    known = {hit.number: hit for hit in map(_hit_from, shown)}
    return [known[number] for number in numbers if number in known]


def organizations_behind(found: Sequence[Candidate]) -> list[tuple[str, Translated]]:
    """Return addresses and names of organisations behind what was found, most frequent first."""
    counts = Counter((each.organization, each.name) for each in found if each.organization)
    named = ((slug, from_text(name)) for (slug, name), _times in counts.most_common(MAX_OFFERED))
    return [(slug, name) for slug, name in named if slug and name]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query is answered with."""

    found: Matches
    terms: Sequence[Term]
    # What was searched for instead, since nothing holds what was typed.
    instead: str | None = None
    # Whether some words alone are held, since nothing holds all of them.
    is_partial: bool = False
    # Whether there would be something without the filters.
    is_narrowed: bool = False


_NOTHING = Matches([], is_cut=False)


def answer(db: Session, query: str, filters: Filters, language: str, now: datetime) -> Answer:
    """Look for what was typed; then for what may have been meant; then for some of its words."""
    terms = terms_of(query)
    if not terms:
        return Answer(_NOTHING, terms)

    def look(wanted: Sequence[Term], narrowed: Filters, *, any_term: bool = False) -> Matches:
        return find_matches(db, wanted, narrowed, language, now, any_term=any_term)

    exact = look(terms, filters)
    if exact.texts:
        return Answer(exact, terms)
    if filters.asked and matches_anything(db, terms, now):
        return Answer(_NOTHING, terms, is_narrowed=True)
    for guess in meant(db, query, now, lambda word: matches_anything(db, terms_of(word), now)):
        wanted = terms_of(guess)
        near = look(wanted, filters)
        if near.texts:
            return Answer(near, wanted, instead=guess)
    if len(terms) > 1:
        some = look(terms, filters, any_term=True)
        return Answer(some, terms, is_partial=bool(some.texts))
    return Answer(_NOTHING, terms)


MAX_RESULTS: Final = 8


def suggested(db: Session, typed: str, language: str, now: datetime) -> list[Hit]:
    """Return the best of them, one for each item."""
    return hits(db, begun(db, terms_of(typed), language, now)[:MAX_RESULTS])
