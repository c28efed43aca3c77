"""How the index is asked: only what everybody may see is ever found, counted or suggested."""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    CursorResult,
    FromClause,
    Select,
    Subquery,
    TableClause,
    Text,
    TextClause,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal_column,
    or_,
    select,
    table,
    text,
    union_all,
)

from portal.core.item_kinds import ItemKind
from portal.db.query_hints import literal
from portal.db.rows import names_of, reader
from portal.domain.events.models import Event, EventHost
from portal.domain.initiatives.models import Initiative, InitiativeHost
from portal.domain.organizations.models import HostState, Organization
from portal.domain.publishing.publication import Visibility
from portal.domain.publishing.search_index.models import IndexedText
from portal.domain.publishing.search_index.words import TABLE, Engine
from portal.domain.search import rules
from portal.domain.search.rules import Candidate, Level
from portal.domain.stories.models import Story

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
# Words that stand in the statement: each that is sent beside it takes time at every search.
_PUBLIC: Final[ColumnElement[str]] = literal(Visibility.PUBLIC)


def limited(statement: Select[Any], limit: int) -> Select[Any]:
    """So many rows at most, as part of the text of the statement.

    PostgreSQL then plans for that number, not for any; and SQLAlchemy adds no OFFSET of zero,
    which costs SQLite a fifth of the time of a search.
    """
    return statement.suffix_with(f"LIMIT {limit}")


def _of(kind: ItemKind, item: FromClause) -> ColumnElement[bool]:
    """Join a text to its item if everybody may see that; nothing is looked up for other kinds."""
    of_kind = t.item_kind == literal(kind)
    mine = item.c.id == case((of_kind, t.item_id))
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


def _hosted() -> ColumnElement[bool]:
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
        "organization_id": _hosted(),
    }
    return (conditions[name] for name in sorted(asked))


_candidate_from: Final = reader(Candidate)

# Of what PostgreSQL finds, so many are looked at for what may be seen, and for what is narrowed to.
_LOOKED_AT: Final = 400
_LOOKED_THROUGH: Final = 5_000


def _matches(engine: Engine, asked: str = "asked") -> TextClause:
    return text(engine.matches.format(asked))


def _words(engine: Engine) -> TableClause:
    return table(TABLE, column(engine.number), column("words"))


def _latest(engine: Engine, limit: int, asked: str = "asked") -> Subquery:
    """Numbers of the latest texts that match; on PostgreSQL each with its words and its place.

    PostgreSQL must not walk through all texts backwards and look into each: its plan for any
    query supposes that one text in a hundred matches. The index of words tells by itself. What
    it finds stands for the table of words from there on.
    """
    words = _words(engine).c
    number = words[engine.number]
    if engine.walks_backwards:
        found = select(number).where(_matches(engine, asked)).order_by(number.desc())
        return limited(found, limit).subquery(f"latest_{asked}")
    place = (number + literal_column("0")).label("place")
    found = select(number, words.words, place).where(_matches(engine, asked))
    return limited(found.order_by(place.desc()), limit).subquery(TABLE)


def _level(engine: Engine, number: ColumnElement[int]) -> ColumnElement[str]:
    """Return how near a text that holds the keys of all words comes to the words themselves."""

    def holds(level: Level) -> ColumnElement[bool] | TextClause:
        if engine.walks_backwards:
            return number.in_(select(_latest(engine, rules.MAX_RESULTS, level).c[engine.number]))
        return _matches(engine, level)

    nearer = {level: holds(level) for level in (Level.FORM, Level.STEM)}
    return case(
        *((condition, literal(level)) for level, condition in nearer.items()),
        else_=literal(Level.KEY),
    )


@cache
def candidates(
    engine: Engine,
    narrowed: frozenset[str] = frozenset(),
    *,
    asked: str = "asked",
    level: Level | None = Level.KEY,
    limit: int = rules.MAX_RESULTS,
) -> Select[Any]:
    """Return the latest first, in order of numbers; without a level, each with its own."""
    source: FromClause = _words(engine)
    number = place = source.c[engine.number]
    matches: Sequence[TextClause] = (_matches(engine, asked),)
    if not engine.walks_backwards:
        latest = _latest(engine, _LOOKED_THROUGH if narrowed else _LOOKED_AT, asked)
        # By its place, and PostgreSQL looks at no more of the latest than it needs.
        source, number, place, matches = latest, latest.c[engine.number], latest.c.place, ()
    near = literal(level) if level else _level(engine, number)
    found = (
        select(
            t.id.label("number"),
            t.item_kind.label("kind"),
            t.item_id,
            t.language,
            t.title_words,
            behind.c.slug.label("organization"),
            cast(behind.c.name, Text).label("name"),
            behind.c.country,
            _IS_COMING.label("is_coming"),
            near.label("level"),
        )
        .select_from(visible(source.join(texts, t.id == number)))
        .where(*matches, IS_VISIBLE, *_narrowed(narrowed))
        .order_by(place.desc())
    )
    return limited(found, limit)


@cache
def judged(engine: Engine, narrowed: frozenset[str]) -> Select[Any] | CompoundSelect[Any]:
    """Return the latest with the keys of all words, each with its level; then titles."""
    near = candidates(engine, narrowed, level=None).subquery("near")
    titled = candidates(
        engine, narrowed, asked=Level.TITLE, level=Level.TITLE, limit=rules.MAX_TITLED
    ).subquery("titled")
    return gathered(engine, union_all(select(near), select(titled)))


@cache
def latest(engine: Engine) -> Select[Any] | CompoundSelect[Any]:
    """Return the latest that are found by `asked`, however near they are."""
    return gathered(engine, candidates(engine))


def gathered(
    engine: Engine, found: Select[Any] | CompoundSelect[Any]
) -> Select[Any] | CompoundSelect[Any]:
    """From SQLite all rows as one JSON text, see `candidates_in`.

    Its driver lets another thread go on at every row it fetches, and then waits for that one: with
    four readers a search took half as long again.
    """
    if not engine.walks_backwards:
        return found
    columns = found.subquery("found").c
    named = (columns[name] for name in names_of(Candidate))
    return select(func.json_group_array(func.json_array(*named)))


def candidates_in(engine: Engine, answered: CursorResult[Any]) -> list[Candidate]:
    """Return the rows of what was gathered."""
    if not engine.walks_backwards:
        return [_candidate_from(row) for row in answered]
    found: list[list[Any]] = json.loads(answered.scalar_one())
    names = names_of(Candidate)
    return [Candidate(**dict(zip(names, values, strict=True))) for values in found]
