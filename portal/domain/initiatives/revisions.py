"""What everybody may read back later: an initiative's public words and facts, at every change."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.domain.events.models import HostState
from portal.domain.initiatives.models import Initiative, InitiativeCountry, InitiativeHost
from portal.domain.organizations.models import Organization
from portal.domain.publishing.images.queries import shown_in
from portal.domain.publishing.publication import is_public
from portal.domain.publishing.revisions import actions as history
from portal.domain.publishing.revisions.rules import Fact
from portal.domain.results.models import Result

TEXTS = ("title", "purpose", "people", "partners", "description", "funding_note")


def note(db: Session, initiative: Initiative, now: datetime, *, is_small_fix: bool = False) -> None:
    """Records a published initiative as it is now; for the same transaction as the change."""
    # Whoever locks the initiative next in this transaction reads it afresh, a draft too.
    db.flush()
    if initiative.published_at is None:
        return
    is_new = history.record(
        db,
        ItemKind.INITIATIVE,
        initiative.id,
        _facts(db, initiative),
        now,
        is_public=is_public(initiative),
    )
    if is_new and is_small_fix:
        history.note_small_fix(db, ItemKind.INITIATIVE, initiative.id)
    initiative.editions += is_new and is_public(initiative)
    db.flush()


def _facts(db: Session, initiative: Initiative) -> dict[str, Fact]:
    return {
        **{name: getattr(initiative, name).texts() for name in TEXTS},
        "hosts": _host_slugs(db, initiative),
        "countries": _countries(db, initiative),
        "since": initiative.since.isoformat() if initiative.since else None,
        "funding": initiative.funding,
        "stage": initiative.stage,
        **_result(db, initiative),
        **shown_in(db, ItemKind.INITIATIVE, initiative.id, initiative.description_html),
    }


def _countries(db: Session, initiative: Initiative) -> list[str]:
    of_it = InitiativeCountry.initiative_id == initiative.id
    return list(db.scalars(select(InitiativeCountry.country).where(of_it).order_by("country")))


def _result(db: Session, initiative: Initiative) -> dict[str, Fact]:
    """What came of it, once that has been told."""
    result = db.get(Result, (ItemKind.INITIATIVE.value, initiative.id))
    if result is None:
        return {}
    return {name: getattr(result, name).texts() for name in ("happened", "reached", "next_steps")}


def _host_slugs(db: Session, initiative: Initiative) -> list[str]:
    """Slugs, since they stay while names change."""
    founder = db.get_one(Organization, initiative.organization_id)
    joined = (
        select(Organization.slug)
        .join(InitiativeHost, InitiativeHost.organization_id == Organization.id)
        .where(
            InitiativeHost.initiative_id == initiative.id,
            InitiativeHost.state == HostState.ACCEPTED.value,
        )
        .order_by(Organization.slug)
    )
    return [founder.slug, *db.scalars(joined)]
