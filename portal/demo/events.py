"""A year of events of the demo's programme, with whoever came and what they said."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.core.time_zones import wall_of
from portal.demo.known import Known
from portal.demo.participants import Attendance, add_answers, add_guests
from portal.domain.events import actions as events
from portal.domain.events import search_and_progress
from portal.domain.events.actions import hosting
from portal.domain.events.details import Details, Link
from portal.domain.events.models import AttendanceMode, Event, EventHost, Funding, Status
from portal.domain.feedback.queries import Read
from portal.domain.feedback.rules import FEWEST
from portal.domain.organizations.models import Organization
from portal.domain.publishing.publication import Visibility
from portal.domain.registrations import event_changes
from portal.domain.results import actions as results
from portal.i18n.translated import Translated

# A running event began this long ago.
RUNNING_FOR = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands in the programme beside events: names of guests, answers, and rows by key."""

    names: Sequence[str]
    answers: Sequence[Read]
    provenance: Mapping[str, dict[str, Any]]
    results: Mapping[str, dict[str, Any]]


def add(db: Session, known: Known, row: dict[str, Any], beside: Beside) -> Event:
    """Add an event with its pictures, guests, feedback and result."""
    key, now = row["key"], known.now
    # The same demo every day, nothing secret.
    chance = random.Random(f"2026 {key}")  # noqa: S311
    event = _event(db, known.organizations, row, beside.provenance.get(key, {}), now)
    known.gallery.hang(db, ItemKind.EVENT, event.id, key, row["original"], now)
    search_and_progress.count(db, event)
    attendance = Attendance(row.get("signups", 0), row.get("attended", 0), row.get("feedback", 0))
    add_guests(db, event, beside.names, attendance, now, chance)
    if attendance.answered >= FEWEST:
        add_answers(db, event, beside.answers, attendance.answered, chance)
    if key in beside.results:
        _publish_result(db, event, beside.results[key], now)
    return event


def _event(
    db: Session,
    owners: Mapping[str, Organization],
    row: dict[str, Any],
    behind: dict[str, Any],
    now: datetime,
) -> Event:
    original = row["original"]
    starts = _start(row, now)
    details = Details(
        title=Translated.of(original, **row["title"]),
        summary=Translated.of(original, **row["summary"]),
        description=Translated.of(original, **row["description"]),
        venue=Translated.of(original, **row.get("venue", {})),
        attendance_mode=AttendanceMode(row["attendance_mode"]),
        starts_wall=starts,
        ends_wall=starts + timedelta(minutes=row["minutes"]),
        time_zone=row["time_zone"],
        capacity=row.get("capacity"),
        visibility=Visibility.PUBLIC
        if row.get("visibility", "public") == "public"
        else Visibility.PRIVATE,
        tags=tuple(row["tags"]),
        languages=tuple(row["spoken_languages"]),
        join_links=tuple(
            Link(link["url"], Translated.of(original, **link.get("remark", {})))
            for link in row.get("join_links", [])
        ),
    )
    first, *later = versions_of(details, behind)
    event = events.create(db, owners[row["organization"]], first, now)
    if row["state"] != "draft":
        published_at = min(now, event.starts_at) - timedelta(days=20)
        events.publish(db, event, published_at)
        revise(db, event, later, published_at)
        invite_hosts(db, event, behind, owners, published_at)
    if row["state"] in {Status.POSTPONED.value, Status.CANCELLED.value}:
        event.status = row["state"]
    return event


def _publish_result(db: Session, event: Event, row: dict[str, Any], now: datetime) -> None:
    """Publish what came of an event, some days after it."""
    happened, reached, next_steps = (
        Translated.of(event.title.original, **row.get(name, {}))
        for name in ("happened", "reached", "next_steps")
    )
    details = results.ResultDetails(happened, reached, next_steps)
    results.publish(db, event, details, 0, min(now, event.ends_at + timedelta(days=row["days"])))


def _start(row: dict[str, Any], now: datetime) -> datetime:
    """Return the wall time at which an event of the programme starts, counted from today."""
    if row.get("running"):
        began = wall_of(now - RUNNING_FOR, row["time_zone"]).replace(tzinfo=None)
        return began.replace(minute=began.minute - began.minute % 5, second=0, microsecond=0)
    hour, minute = (int(part) for part in row["start"].split(":"))
    return datetime.combine(_day(row, now.date()), datetime.min.time()).replace(
        hour=hour, minute=minute
    )


def _day(row: dict[str, Any], today: date) -> date:
    if "day" in row:
        return today + timedelta(days=row["day"])
    month, day = (int(part) for part in row["annual"].split("-"))
    this_year = date(today.year, month, day)
    if row["year"] == "next":
        return this_year if this_year > today else this_year.replace(year=today.year + 1)
    return this_year if this_year < today else this_year.replace(year=today.year - 1)


def versions_of(details: Details, row: Mapping[str, Any]) -> list[Details]:
    """Return what an event said at first, what later, and what it says now."""
    original = details.title.original
    now = replace(
        details,
        funding=Funding(row.get("funding", Funding.NOBODY.value)),
        funding_note=Translated.of(original, **row.get("funding_note", {})),
    )
    earlier = [replace(now, **_texts(original, said)) for said in row.get("earlier", ())]
    return [*earlier, now]


def _texts(original: str, said: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    return {name: Translated.of(original, **texts) for name, texts in said.items()}


def revise(db: Session, event: Event, later: list[Details], published_at: datetime) -> None:
    """Save the later versions, some days apart."""
    for number, details in enumerate(later, start=1):
        saved_at = published_at + timedelta(days=3 * number, hours=5)
        event_changes.change_event(db, event, details, event.revision, saved_at)


def invite_hosts(
    db: Session,
    event: Event,
    row: Mapping[str, Any],
    organizations: Mapping[str, Organization],
    published_at: datetime,
) -> None:
    """Invite those who host it too, and those who have not answered yet."""
    joined = row.get("hosts", [])
    for slug in (*joined, *row.get("invited", [])):
        hosting.invite(db, event, organizations[slug], published_at + timedelta(hours=20))
        db.flush()
        if slug in joined:
            host = db.get_one(EventHost, (event.id, organizations[slug].id))
            hosting.accept(db, host, published_at + timedelta(days=2))
