"""What everybody may read back later: an initiative's public words and facts, at every change."""

from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.domain.initiatives.hosts import HOSTS
from portal.domain.initiatives.models import Initiative, InitiativeCountry
from portal.domain.publishing.images.queries import image_keys_in
from portal.domain.publishing.revisions import actions as history
from portal.domain.publishing.revisions.rules import Fact
from portal.domain.results.models import Result

TEXTS = ("title", "purpose", "people", "partners", "description", "funding_note")


def record_revision(
    db: Session, initiative: Initiative, now: datetime, *, is_small_fix: bool = False
) -> None:
    """Record a published initiative as it is now; for the same transaction as the change."""
    facts = partial(_facts, db, initiative)
    history.add_revision(db, ItemKind.INITIATIVE, initiative, facts, now, is_small_fix=is_small_fix)


def _facts(db: Session, initiative: Initiative) -> dict[str, Fact]:
    return {
        **{name: getattr(initiative, name).texts() for name in TEXTS},
        "hosts": HOSTS.slugs(db, initiative),
        "countries": _countries(db, initiative),
        "since": initiative.since.isoformat() if initiative.since else None,
        "funding": initiative.funding,
        "stage": initiative.stage,
        **_result(db, initiative),
        **image_keys_in(db, ItemKind.INITIATIVE, initiative.id, initiative.description_html),
    }


def _countries(db: Session, initiative: Initiative) -> list[str]:
    of_it = InitiativeCountry.initiative_id == initiative.id
    return list(db.scalars(select(InitiativeCountry.country).where(of_it).order_by("country")))


def _result(db: Session, initiative: Initiative) -> dict[str, Fact]:
    """Return what came of it, once that has been told."""
    result = db.get(Result, (ItemKind.INITIATIVE.value, initiative.id))
    if result is None:
        return {}
    return {name: getattr(result, name).texts() for name in ("happened", "reached", "next_steps")}
