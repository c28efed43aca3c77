"""What is said below a story, as somebody may see it: comments, the answers to each below it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    and_,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from portal.db.query_hints import limit_param, literal
from portal.db.rows import columns_of, reader
from portal.domain.stories.models import Comment, CommentState

# Comments and answers to them; more is further on.
ON_A_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment as pages show it."""

    public_id: str
    id: int
    parent_id: int | None
    person_id: int | None
    byline: str
    language: str
    text: str
    state: str
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who reads: what waits or is hidden is seen by its writer and the story's editors."""

    person_id: int | None
    may_moderate: bool


_comments = Comment.__table__
_first = _comments.alias("first")
_answers = _comments.alias("answers")


def _is(comment: FromClause, state: CommentState) -> ColumnElement[bool]:
    return comment.c.state == literal(state)


def _is_seen(comment: FromClause) -> ColumnElement[bool]:
    may_moderate = bindparam("may_moderate", type_=Boolean)
    is_own = comment.c.person_id == bindparam("person_id", type_=Integer)
    return or_(
        _is(comment, CommentState.VISIBLE),
        and_(~_is(comment, CommentState.REMOVED), or_(may_moderate, is_own)),
    )


# What was removed is seen where an answer stands below it, and stays above that as a place.
_STANDS_ALONE = and_(
    _comments.c.parent_id.is_(None),
    or_(
        _is_seen(_comments),
        and_(
            _is(_comments, CommentState.REMOVED),
            select(_answers.c.id)
            .where(_answers.c.parent_id == _comments.c.id, _is_seen(_answers))
            .correlate(_comments)
            .exists(),
        ),
    ),
)
_ANSWERS_SOMETHING = and_(
    _comments.c.parent_id.is_not(None),
    _is_seen(_comments),
    or_(_is_seen(_first), _is(_first, CommentState.REMOVED)),
)
_COLUMNS = columns_of(Remark, _comments)
_remark_from = reader(Remark)
# Each comment with the answers to it, the oldest first.
_SEEN = (
    select(*_COLUMNS)
    .select_from(_comments.outerjoin(_first, _first.c.id == _comments.c.parent_id))
    .where(_comments.c.story_id == bindparam("story_id"), or_(_STANDS_ALONE, _ANSWERS_SOMETHING))
    .order_by(
        func.coalesce(_first.c.posted_at, _comments.c.posted_at),
        func.coalesce(_first.c.id, _comments.c.id),
        _comments.c.parent_id.is_not(None),
        _comments.c.posted_at,
        _comments.c.id,
    )
)
_PAGE = _SEEN.limit(limit_param()).offset(bindparam("past", type_=Integer))
_KEYS = _SEEN.with_only_columns(_comments.c.public_id, maintain_column_froms=True)
_ONE = select(*_COLUMNS).where(_comments.c.id == bindparam("id"))


def page_of(db: Session, story_id: int, hearing: Hearing, page: int) -> tuple[list[Remark], bool]:
    """Return a page of comments, from 1, and whether more follow; it repeats a comment it cuts."""
    asked = {"story_id": story_id, "limit": ON_A_PAGE + 1, "past": (page - 1) * ON_A_PAGE}
    found = [_remark_from(row) for row in db.execute(_PAGE, asked | asdict(hearing))]
    said = found[:ON_A_PAGE]
    if said and said[0].parent_id is not None:
        said.insert(0, _remark_from(db.execute(_ONE, {"id": said[0].parent_id}).one()))
    return said, len(found) > ON_A_PAGE


def page_with(db: Session, story_id: int, hearing: Hearing, public_id: str) -> int | None:
    """On which page a comment stands; None where it is not seen."""
    keys = _keys(db, story_id, hearing)
    return keys.index(public_id) // ON_A_PAGE + 1 if public_id in keys else None


def beside(db: Session, story_id: int, hearing: Hearing, public_id: str) -> str | None:
    """Return the comment that stands before another, or after the first; None where it is alone."""
    keys = _keys(db, story_id, hearing)
    at = keys.index(public_id) if public_id in keys else len(keys)
    return next(iter(keys[at - 1 : at] or keys[at + 1 : at + 2]), None)


def _keys(db: Session, story_id: int, hearing: Hearing) -> Sequence[str]:
    return db.scalars(_KEYS, {"story_id": story_id} | asdict(hearing)).all()


def waiting_on(db: Session, story_id: int) -> list[str]:
    """Comments on a story that wait to be read, in their order."""
    waiting = _comments.c.story_id == story_id, _is(_comments, CommentState.WAITING)
    in_order = select(_comments.c.public_id).where(*waiting).order_by(_comments.c.posted_at)
    return list(db.scalars(in_order))
