"""Translating initiatives, with their steps and closing reports."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from portal.core.item_kinds import ItemKind
from portal.domain.initiatives import closing, rules, steps
from portal.domain.initiatives.actions import change, details_of, rewrite
from portal.domain.initiatives.models import Initiative, InitiativeHost, Stage
from portal.domain.initiatives.queries import (
    initiative_for,
    lock,
    steps_of,
    translated_initiative,
)
from portal.domain.organizations.hosting import SUSPENDED
from portal.domain.organizations.models import HostState
from portal.domain.translation.items import (
    Field,
    MatrixRow,
    Numbered,
    Translatable,
    TranslatableItem,
)
from portal.domain.translation.pictures import with_pictures
from portal.domain.translation.results import QUESTIONS, answers_of
from portal.i18n.locale import gettext_lazy as _
from portal.i18n.translated import Translated

# The latest are what a translator looks for; older ones are found on their own pages.
MAX_ROWS = 500
_WHOLE = (selectinload(Initiative.countries), selectinload(Initiative.tags))
# Before a step's number, in the name of its field.
_STEP: Final = "step_"


def _whole(db: Session, initiative_id: int) -> Initiative:
    asked = select(Initiative).where(Initiative.id == initiative_id)
    return db.scalars(asked.options(*_WHOLE)).one()


def _open(db: Session, initiative_id: int) -> TranslatableItem:
    found = db.get_one(Initiative, initiative_id)
    fields = (
        Field("title", _("Title"), found.title, rules.LONGEST_TITLE),
        Field("purpose", _("What it is for"), found.purpose, rules.LONGEST_PURPOSE),
        Field(
            "description",
            _("Description"),
            found.description,
            rules.LONGEST_DESCRIPTION,
            one_line=False,
        ),
        Field("people", _("For which people"), found.people, rules.LONGEST_PEOPLE),
        Field(
            "partners", _("With whom else"), found.partners, rules.LONGEST_PARTNERS, one_line=False
        ),
        Field("funding_note", _("Who exactly"), found.funding_note, rules.LONGEST_FUNDING_NOTE),
    )
    taken = tuple(
        Field(
            f"{_STEP}{step.id}",
            Numbered(_("Step %(number)s"), number),
            step.text,
            rules.LONGEST_STEP,
        )
        for number, step in enumerate(steps_of(db, found.id), start=1)
    )
    answers = answers_of(closing.report_of(db, found))
    return TranslatableItem(
        ItemKind.INITIATIVE, found.id, found.slug, found.title, fields + taken + answers
    )


def _write(db: Session, initiative_id: int, texts: Mapping[str, Translated], now: datetime) -> None:
    initiative = _whole(db, initiative_id)
    own: dict[str, Any] = {}
    answers: dict[str, Translated] = {}
    for name, text in texts.items():
        if name.startswith(_STEP):
            steps.reword(db, initiative, int(name.removeprefix(_STEP)), text)
        else:
            (answers if name in QUESTIONS else own)[name] = text
    if answers:
        closing.reword(db, initiative, answers, now)
    if own:
        changed = replace(details_of(initiative), **own)
        change(db, initiative, changed, initiative.revision, now)


def _rows(db: Session, organization_id: int | None, now: datetime) -> Sequence[MatrixRow]:  # noqa: ARG001
    hosted = select(InitiativeHost.initiative_id).where(
        InitiativeHost.organization_id == organization_id,
        InitiativeHost.state == HostState.ACCEPTED.value,
        InitiativeHost.organization_id.not_in(SUSPENDED),
    )
    found = db.execute(
        select(Initiative.id, Initiative.slug, Initiative.title, Initiative.stage)
        .where(or_(Initiative.organization_id == organization_id, Initiative.id.in_(hosted)))
        .order_by(Initiative.changed_at.desc(), Initiative.id.desc())
        .limit(MAX_ROWS)
    )
    return [
        MatrixRow(ItemKind.INITIATIVE, number, slug, title, is_past=stage == Stage.FINISHED)
        for number, slug, title, stage in found
    ]


def _rewrite(db: Session, initiative_id: int) -> None:
    rewrite(db, db.get_one(Initiative, initiative_id))


INITIATIVES = with_pictures(
    Translatable(
        ItemKind.INITIATIVE,
        Initiative,
        translated_initiative,
        initiative_for,
        lock,
        _open,
        _write,
        _rows,
    ),
    _rewrite,
)
