"""Which words are written otherwise than by rule."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.domain.script_corrections.models import ScriptCorrection, ScriptReport
from portal.i18n.script_output import corrections, script_now

# As many as stand on the administrators' page at once.
MAX_LISTED = 200

_EVERYWHERE = ("", 0)


def use_corrections(db: Session, item: tuple[ItemKind, int] | None = None) -> None:
    """Let `portal.i18n.script_output` know how words are written in the script now read.

    Costs a question only where Kazakh is read in another script; an item's own corrections go
    before those for everywhere.
    """
    script = script_now()
    if script is None:
        return
    found = db.execute(
        select(ScriptCorrection.word, ScriptCorrection.output)
        .where(ScriptCorrection.script == script.tag, _of(item))
        .order_by(ScriptCorrection.item_id)
    )
    corrections.set({row.word: row.output for row in found})


def _of(item: tuple[ItemKind, int] | None) -> ColumnElement[bool]:
    everywhere = (ScriptCorrection.item_kind == "") & (ScriptCorrection.item_id == 0)
    if item is None:
        return everywhere
    kind, item_id = item
    return or_(
        everywhere,
        (ScriptCorrection.item_kind == kind.value) & (ScriptCorrection.item_id == item_id),
    )


def corrections_of(
    db: Session, item: tuple[ItemKind, int] | None = None
) -> Sequence[ScriptCorrection]:
    """Return the corrections of one item, or those for everywhere, by script and word."""
    kind, item_id = (item[0].value, item[1]) if item else _EVERYWHERE
    return db.scalars(
        select(ScriptCorrection)
        .where(ScriptCorrection.item_kind == kind, ScriptCorrection.item_id == item_id)
        .order_by(ScriptCorrection.script, ScriptCorrection.word)
    ).all()


def correction_for(
    db: Session, number: int, item: tuple[ItemKind, int] | None = None
) -> ScriptCorrection:
    """Return one of these; NotFoundError for another's."""
    found = db.get(ScriptCorrection, number)
    kind, item_id = (item[0].value, item[1]) if item else _EVERYWHERE
    if found is None or (found.item_kind, found.item_id) != (kind, item_id):
        raise NotFoundError
    return found


def script_reports(db: Session) -> Sequence[ScriptReport]:
    """Return what readers found wrong, the oldest first."""
    return db.scalars(select(ScriptReport).order_by(ScriptReport.id).limit(MAX_LISTED)).all()


def doubtful_word(db: Session, number: int) -> ScriptReport:
    """Return one of them."""
    found = db.get(ScriptReport, number)
    if found is None:
        raise NotFoundError
    return found
