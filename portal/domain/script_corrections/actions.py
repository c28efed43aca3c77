"""Correcting words, and telling of wrong ones."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.domain.script_corrections.models import ScriptCorrection, ScriptReport
from portal.domain.script_corrections.rules import (
    CorrectedSpelling,
    WordMissingError,
    checked,
    public_page,
)


def correct(
    db: Session, spelling: CorrectedSpelling, item: tuple[ItemKind, int] | None = None
) -> None:
    """Write a word so from now on, in one item or everywhere; a second time changes the first."""
    spelling = checked(spelling)
    kind, item_id = (item[0].value, item[1]) if item else ("", 0)
    place = {
        "script": spelling.script,
        "word": spelling.word,
        "item_kind": kind,
        "item_id": item_id,
    }
    wanted = (
        update(ScriptCorrection)
        .filter_by(**place)
        .values(output=spelling.output)
        .returning(ScriptCorrection.id)
    )
    if db.scalar(wanted) is not None:
        return
    try:
        with db.begin_nested():
            db.add(ScriptCorrection(**place, output=spelling.output))
    except IntegrityError:  # somebody corrected it first, in this very moment
        db.execute(wanted)


def doubt(db: Session, spelling: CorrectedSpelling, page: str, now: datetime) -> None:
    """Report a word that is written wrongly to the administrators."""
    word, output = " ".join(spelling.word.split()), " ".join(spelling.output.split())
    if not word:
        raise WordMissingError
    db.add(
        ScriptReport(
            script=spelling.script,
            word=word,
            output=output,
            page=public_page(page),
            reported_at=now,
        )
    )
