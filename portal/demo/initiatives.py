"""The demo's initiatives (programme/initiatives.toml says how they are written), and the seed's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from portal.demo.bulk import WORDS
from portal.domain.events.models import Event, Funding
from portal.domain.initiatives import actions, closing, steps
from portal.domain.initiatives.models import Stage, StepKind
from portal.domain.results.actions import Told
from portal.translated import Translated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.domain.initiatives.models import Initiative
    from portal.domain.organizations.models import Organization


def add(
    db: Session,
    owners: Mapping[str, Organization],
    events: Mapping[str, Event],
    row: dict[str, Any],
    now: datetime,
) -> None:
    """One initiative with its steps and events, published so many days ago."""
    published_at = now - timedelta(days=row["published_days_ago"])
    original = row["original"]

    def text(name: str, given: dict[str, Any] = row) -> Translated:
        return Translated.of(original, **given.get(name, {}))

    initiative = actions.draft(db, owners[row["organization"]], text("title"), published_at)
    details = replace(
        actions.details_of(initiative),
        purpose=text("purpose"),
        people=text("people"),
        partners=text("partners"),
        description=text("description"),
        funding=Funding(row["funding"]),
        funding_note=text("funding_note"),
        countries=tuple(row["countries"]),
        tags=tuple(row["tags"]),
        since=published_at.date() - timedelta(days=row.get("begun_days_before", 0)),
    )
    actions.change(db, initiative, details, initiative.revision, published_at)
    actions.publish(db, initiative, published_at)
    for key in row.get("events", ()):
        events[key].initiative_id = initiative.id
    for step in row.get("step", ()):
        _step(db, initiative, step, text("text", step), now)
    if row["stage"] == Stage.FINISHED:
        told = Told(text("happened"), text("reached"), text("next_steps"))
        closing.close(db, initiative, told, 0, now - timedelta(days=row["closed_days_ago"]))
    else:
        actions.set_stage(db, initiative, Stage(row["stage"]), published_at)
    db.flush()


def _step(
    db: Session, initiative: Initiative, row: dict[str, Any], text: Translated, now: datetime
) -> None:
    added_at = now - timedelta(days=row["days_ago"])
    day = (now + timedelta(days=row["in_days"])).date() if "in_days" in row else None
    step = steps.add(db, initiative, StepKind(row["kind"]), text, day, added_at)
    if "done_days_ago" in row:
        step.done_at = now - timedelta(days=row["done_days_ago"])


def add_initiative(
    db: Session, organization: Organization, name: str, past_event_id: int, now: datetime
) -> dict[str, Any]:
    """The seed's line of work, by number and address; the public one has a plan and an event."""
    texts = Translated.of("kk", **{tag: f"{words[1]} {name}" for tag, words in WORDS.items()})
    initiative = actions.draft(db, organization, texts, now)
    details = replace(
        actions.details_of(initiative),
        purpose=texts,
        description=texts,
        funding=Funding.NOBODY,
        countries=("DE", "KZ"),
        tags=("music",),
    )
    actions.change(db, initiative, details, initiative.revision, now)
    if name.startswith("public"):
        actions.publish(db, initiative, now)
        steps.add(db, initiative, StepKind.PLAN, texts, None, now)
        db.get_one(Event, past_event_id).initiative_id = initiative.id
    return {"id": initiative.id, "slug": initiative.slug}
