"""The answer to a query: what was found, for what was typed or for what may have been meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.search.queries import Found, found, is_held
from portal.domain.search.rules import Filters
from portal.domain.search.spelling import meant
from portal.search.queries import Term, terms_of


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query is answered with."""

    found: Found
    terms: Sequence[Term]
    # What was searched for instead, since nothing holds what was typed.
    instead: str | None = None
    # Whether some words alone are held, since nothing holds all of them.
    is_partial: bool = False
    # Whether there would be something without the filters.
    is_narrowed: bool = False


_NOTHING = Found([], is_cut=False)


def answer(db: Session, query: str, filters: Filters, language: str, now: datetime) -> Answer:
    """Looks for what was typed; then for what may have been meant; then for some of its words."""
    terms = terms_of(query)
    if not terms:
        return Answer(_NOTHING, terms)

    def look(wanted: Sequence[Term], narrowed: Filters, *, any_term: bool = False) -> Found:
        return found(db, wanted, narrowed, language, now, any_term=any_term)

    exact = look(terms, filters)
    if exact.texts:
        return Answer(exact, terms)
    if filters.asked and is_held(db, terms, now):
        return Answer(_NOTHING, terms, is_narrowed=True)
    for guess in meant(db, query, now, lambda word: is_held(db, terms_of(word), now)):
        wanted = terms_of(guess)
        near = look(wanted, filters)
        if near.texts:
            return Answer(near, wanted, instead=guess)
    if len(terms) > 1:
        some = look(terms, filters, any_term=True)
        return Answer(some, terms, is_partial=bool(some.texts))
    return Answer(_NOTHING, terms)
