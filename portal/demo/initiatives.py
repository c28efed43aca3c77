"""The demo's initiatives (programme/initiatives.toml says how they are written), and the seed's."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.demo.known import Known
from portal.demo.seed.events import WORDS
from portal.domain.events.models import Event, Funding
from portal.domain.initiatives import actions, closing, following, steps
from portal.domain.initiatives.actions import hosting
from portal.domain.initiatives.models import Follow, Initiative, InitiativeHost, Stage, StepKind
from portal.domain.organizations.models import Organization
from portal.domain.results.actions import ResultDetails
from portal.i18n.translated import Translated


def add(db: Session, known: Known, row: dict[str, Any]) -> Initiative:
    """Add an initiative with its hosts, steps, events and followers."""
    now = known.now
    published_at = now - timedelta(days=row["published_days_ago"])
    original = row["original"]

    def text(name: str, given: dict[str, Any] = row) -> Translated:
        return Translated.of(original, **given.get(name, {}))

    owner = known.organizations[row["organization"]]
    initiative = actions.draft(db, owner, text("title"), published_at)
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
    known.gallery.hang(db, ItemKind.INITIATIVE, initiative.id, row["key"], original, published_at)
    _invite(db, known, initiative, row, published_at)
    for key in row.get("events", ()):
        known.events[key].initiative_id = initiative.id
    for step in row.get("step", ()):
        _step(db, initiative, step, text("text", step), now)
    if row["stage"] == Stage.FINISHED:
        result = ResultDetails(text("happened"), text("reached"), text("next_steps"))
        closing.close(db, initiative, result, 0, now - timedelta(days=row["closed_days_ago"]))
    else:
        actions.set_stage(db, initiative, Stage(row["stage"]), published_at)
    # After what has come of it already, so that no emails tell of old days.
    for number, reader in enumerate(known.readers[: row.get("followers", 0)]):
        since = published_at + timedelta(days=number)
        db.add(Follow(initiative_id=initiative.id, person_id=reader.id, since=since))
    db.flush()
    for subject in row.get("asked_by", ()):
        following.follow(db, known.people[subject], initiative, published_at + timedelta(days=1))
        db.flush()
        following.request_activity(db, known.people[subject], initiative, now - timedelta(days=4))
    return initiative


def _invite(
    db: Session,
    known: Known,
    initiative: Initiative,
    row: dict[str, Any],
    published_at: datetime,
) -> None:
    """Invite those who host it too, and those who have not answered yet."""
    joined = row.get("hosts", [])
    for slug in (*joined, *row.get("invited", [])):
        organization = known.organizations[slug]
        hosting.invite(db, initiative, organization, published_at + timedelta(hours=20))
        db.flush()
        if slug in joined:
            host = db.get_one(InitiativeHost, (initiative.id, organization.id))
            hosting.accept(db, host, published_at + timedelta(days=2))


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
    """Add initiatives of each kind; the public one has a plan and an event."""
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
