"""Asking the index: only what everybody may see is ever found, counted or suggested."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.orm import Session

from portal.db.engine import rows
from portal.domain.events.models import AttendanceMode
from portal.domain.publishing.search_index.words import engine_of
from portal.domain.search import rules
from portal.domain.search.rules import At, Candidate, Filters, Level, When
from portal.domain.search.statements import candidates, candidates_in, judged, latest
from portal.search.queries import Term


def _values(filters: Filters, now: datetime) -> dict[str, Any]:
    known = {name: value for name, value in vars(filters).items() if value is not None}
    if (when := known.pop("when", None)) is not None:
        known["coming"] = when is When.COMING
    if (at := known.pop("at", None)) is not None:
        mode = AttendanceMode.ONLINE if at is At.ONLINE else AttendanceMode.OFFLINE
        known["modes"] = [mode.value, AttendanceMode.MIXED.value]
    return known | {"now": now}


def _search_by(
    db: Session, statement: Executable, expressions: dict[str, str], values: dict[str, Any]
) -> list[Candidate]:
    if not expressions["asked"]:
        return []
    answered = rows(db, statement, values | expressions)
    return candidates_in(engine_of(db), answered)


def matches_anything(db: Session, terms: Sequence[Term], now: datetime) -> bool:
    """Return whether anything that everybody may see holds all terms."""
    engine = engine_of(db)
    expression = rules.expression(engine, terms, Level.KEY, any_term=False)
    statement = candidates(engine, limit=1)
    values = {"now": now, "asked": expression}
    return bool(expression) and rows(db, statement, values).first() is not None


@dataclass(frozen=True, slots=True)
class Matches:
    """Texts that were found, one for each item, the best first."""

    texts: list[Candidate]
    # Whether there are more than are ranked.
    is_cut: bool


def find_matches(
    db: Session,
    terms: Sequence[Term],
    filters: Filters,
    language: str,
    now: datetime,
    *,
    any_term: bool = False,
) -> Matches:
    """Return what holds all terms, or any of them."""
    engine, values = engine_of(db), _values(filters, now)
    expressions = {
        level.value: rules.expression(engine, terms, level, any_term=any_term) for level in Level
    }
    expressions["asked"] = expressions[Level.KEY]
    asked = _search_by(db, judged(engine, filters.asked), expressions, values)
    known = {each.number: each for each in asked if each.level != Level.TITLE}
    if is_cut := len(known) == rules.MAX_RESULTS:
        # The best may lie further back than the latest; their titles alone say how near they are.
        known = {each.number: each for each in asked if each.level == Level.TITLE} | known
    score = rules.scorer(terms, language)
    return Matches(rules.best(map(score, known.values()), language), is_cut)


def begun(db: Session, terms: Sequence[Term], language: str, now: datetime) -> list[Candidate]:
    """Items with titles that begin so, the best first."""
    expression = rules.beginning_expression(engine_of(db), terms)
    near = _search_by(db, latest(engine_of(db)), {"asked": expression}, {"now": now})
    return rules.best(map(rules.scorer(terms, language), near), language)
