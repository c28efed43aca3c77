"""Asking the index: only what everybody may see is ever found, counted or suggested."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import and_, bindparam, case, column, func, literal_column, or_, select, table, text

from portal.database import rows
from portal.domain.events.models import AttendanceMode, Event, EventHost, HostState
from portal.domain.indexing.models import IndexedText
from portal.domain.indexing.words import TABLE, engine_of
from portal.domain.initiatives.models import Initiative, InitiativeHost
from portal.domain.organizations.models import Organization
from portal.domain.search import rules
from portal.domain.search.rules import At, Candidate, Filters, Level, When
from portal.domain.stories.models import Story
from portal.items import ItemKind
from portal.publication import Visibility

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import BindParameter, ColumnElement, FromClause, Select, TextClause
    from sqlalchemy.orm import Session

    from portal.domain.indexing.words import Engine
    from portal.search.queries import Term

texts, events, stories, initiatives, organizations, behind = (
    IndexedText.__table__,
    Event.__table__,
    Story.__table__,
    Initiative.__table__,
    Organization.__table__,
    Organization.__table__.alias("behind"),
)
t, e, s, i, o = texts.c, events.c, stories.c, initiatives.c, organizations.c
SLUG: Final = func.coalesce(e.slug, s.slug, i.slug, o.slug)
_OWNER: Final = func.coalesce(e.organization_id, s.organization_id, i.organization_id, o.id)
_PUBLIC: Final = Visibility.PUBLIC.value


def _of(kind: ItemKind, item: FromClause) -> ColumnElement[bool]:
    """Joins a text to its item if everybody may see that."""
    mine = and_(t.item_kind == kind.value, item.c.id == t.item_id)
    if kind is ItemKind.ORGANIZATION:
        return mine
    return and_(mine, item.c.visibility == _PUBLIC, item.c.published_at.is_not(None))


def visible(source: FromClause) -> FromClause:
    """Texts with their items, and the organisations behind them."""
    joined = source
    for kind, item in (
        (ItemKind.EVENT, events),
        (ItemKind.STORY, stories),
        (ItemKind.INITIATIVE, initiatives),
        (ItemKind.ORGANIZATION, organizations),
    ):
        joined = joined.outerjoin(item, _of(kind, item))
    return joined.outerjoin(behind, behind.c.id == _OWNER)


# Found in its table, and not of a suspended organisation.
IS_VISIBLE: Final = and_(
    func.coalesce(e.id, s.id, i.id, o.id).is_not(None), behind.c.suspended_at.is_(None)
)
_IS_COMING: Final = case((e.id.is_not(None), e.ends_at > bindparam("now")))


def _held() -> ColumnElement[bool]:
    """Behind it stands an organisation, alone or among others."""
    whose: BindParameter[int] = bindparam("organization_id")
    host, also = EventHost.__table__.c, InitiativeHost.__table__.c
    accepted = HostState.ACCEPTED.value
    together = select(host.event_id).where(host.organization_id == whose, host.state == accepted)
    lines = select(also.initiative_id).where(also.organization_id == whose, also.state == accepted)
    return or_(whose == _OWNER, e.id.in_(together), i.id.in_(lines))


def _narrowed(asked: frozenset[str]) -> Iterable[ColumnElement[bool]]:
    modes: BindParameter[str] = bindparam("modes", expanding=True)
    conditions = {
        "kind": t.item_kind == bindparam("kind"),
        "language": t.language == bindparam("language"),
        "when": (e.ends_at > bindparam("now")) == bindparam("coming"),
        "at": e.attendance_mode.in_(modes),
        "country": behind.c.country == bindparam("country"),
        "organization_id": _held(),
    }
    return (conditions[name] for name in sorted(asked))


def _values(filters: Filters, now: datetime) -> dict[str, Any]:
    known = {name: value for name, value in vars(filters).items() if value is not None}
    if (when := known.pop("when", None)) is not None:
        known["coming"] = when is When.COMING
    if (at := known.pop("at", None)) is not None:
        mode = AttendanceMode.ONLINE if at is At.ONLINE else AttendanceMode.OFFLINE
        known["modes"] = [mode.value, AttendanceMode.MIXED.value]
    return known | {"now": now}


# Of what PostgreSQL finds, so many are looked at for what may be seen, and for what is narrowed to.
_LOOKED_AT: Final = 400
_LOOKED_THROUGH: Final = 5_000


def _latest(engine: Engine, most: int) -> Select[Any]:
    """Numbers of the latest texts that match.

    PostgreSQL must not walk through all texts backwards and look into each: its plan for any
    query supposes that one text in a hundred matches. The index of words tells by itself.
    """
    words = table(TABLE, column(engine.number), column("words"))
    number = words.c[engine.number]
    order = number if engine.walks_backwards else number + literal_column("0")
    return select(number).where(engine.matches).order_by(order.desc()).limit(most)


@cache
def _candidates(engine: Engine, asked: frozenset[str]) -> Select[Any]:
    """The latest first, which is the order of the numbers."""
    source: FromClause = table(TABLE, column(engine.number), column("words"))
    matches: Sequence[TextClause] = (engine.matches,)
    if not engine.walks_backwards:
        most = _LOOKED_THROUGH if asked else _LOOKED_AT
        source, matches = _latest(engine, most).subquery("latest"), ()
    number = source.c[engine.number]
    return (
        select(
            *(t.id, t.item_kind, t.item_id, t.language, t.title_words),
            *(behind.c.id, behind.c.country, _IS_COMING),
        )
        .select_from(visible(source.join(texts, t.id == number)))
        .where(*matches, IS_VISIBLE, *_narrowed(asked))
        .order_by(number.desc())
        .limit(rules.MOST)
    )


def candidates(db: Session, expression: str, filters: Filters, now: datetime) -> list[Candidate]:
    """The latest texts that an expression finds."""
    if not expression:
        return []
    statement = _candidates(engine_of(db), filters.asked)
    found = rows(db, statement, _values(filters, now) | {"asked": expression})
    return [Candidate._make(row) for row in found.all()]


_PLANNED_ONCE: Final = text("SET LOCAL plan_cache_mode = force_generic_plan")


def plan_once(db: Session) -> None:
    """Has PostgreSQL keep its plans for the rest of the transaction.

    Which words are asked for changes no plan, and making one takes longer than following it.
    """
    if not engine_of(db).walks_backwards:
        rows(db, _PLANNED_ONCE, {})


@cache
def _numbers(engine: Engine) -> Select[Any]:
    return _latest(engine, 2 * rules.MOST)


def _nearer(db: Session, expression: str) -> set[int]:
    """Numbers of the latest texts that an expression finds, whoever may see them.

    Only for telling apart what is found already: nothing is ever shown because of it.
    """
    if not expression:
        return set()
    found = rows(db, _numbers(engine_of(db)), {"asked": expression})
    return {row[0] for row in found.all()}


def is_held(db: Session, terms: Sequence[Term], now: datetime) -> bool:
    """Whether anything that everybody may see holds all terms."""
    engine = engine_of(db)
    expression = rules.expression(engine, terms, Level.KEY, any_term=False)
    statement = _candidates(engine, frozenset()).limit(1)
    values = {"now": now, "asked": expression}
    return bool(expression) and rows(db, statement, values).first() is not None


class Found(NamedTuple):
    """Texts that were found, one for each item, the best first."""

    texts: list[Candidate]
    # Whether there are more than are ranked.
    is_cut: bool


def found(
    db: Session,
    terms: Sequence[Term],
    filters: Filters,
    language: str,
    now: datetime,
    *,
    any_term: bool = False,
) -> Found:
    """What holds all terms, or any of them."""
    engine = engine_of(db)
    expressions = {
        level: rules.expression(engine, terms, level, any_term=any_term) for level in Level
    }
    broad = candidates(db, expressions[Level.KEY], filters, now)
    if not broad:
        return Found([], is_cut=False)
    is_cut = len(broad) == rules.MOST
    known = {each.number: each for each in broad}
    if is_cut:
        # The best may lie further back than the latest.
        titled = candidates(db, expressions[Level.TITLE], filters, now)
        known |= {each.number: each for each in titled}
    forms = _nearer(db, expressions[Level.FORM])
    stems = set() if known.keys() <= forms else _nearer(db, expressions[Level.STEM])

    def level_of(number: int) -> Level:
        return Level.FORM if number in forms else Level.STEM if number in stems else Level.KEY

    score = rules.scorer(terms, language)
    return Found(
        rules.best(
            ((score(each, level_of(each.number)), each) for each in known.values()), language
        ),
        is_cut,
    )


def begun(db: Session, terms: Sequence[Term], language: str, now: datetime) -> list[Candidate]:
    """Items with titles that begin so, the best first."""
    expression = rules.beginning_expression(engine_of(db), terms)
    score = rules.scorer(terms, language)
    near = candidates(db, expression, Filters(), now)
    return rules.best(((score(each, Level.KEY), each) for each in near), language)
