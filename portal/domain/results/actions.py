"""Telling what came of an event, and asking its organisers to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.core.text_rules import check_texts
from portal.domain.emails.actions import notify
from portal.domain.emails.models import NotificationKind
from portal.domain.events import revisions, search_and_progress
from portal.domain.events.models import Event
from portal.domain.events.queries import lock
from portal.domain.organizations.models import Organization
from portal.domain.organizations.queries import people_of
from portal.domain.organizations.rules import may_edit
from portal.domain.registrations.queries import counts
from portal.domain.results import queries, rules
from portal.domain.results.models import Result, ResultReminder
from portal.i18n.translated import Translated


@dataclass(frozen=True)
class ResultDetails:
    """The three answers."""

    happened: Translated
    reached: Translated
    next_steps: Translated


def check(details: ResultDetails) -> None:
    """Raise the first refusal among all rules about the answers."""
    original = details.happened.original
    if not details.happened.localized(original).text:
        raise rules.HappenedNeededError(f"happened_{original}")
    for name in ("happened", "reached", "next_steps"):
        check_texts(getattr(details, name), rules.LONGEST_ANSWER, name, one_line=False)


def publish(
    db: Session, event: Event, details: ResultDetails, revision: int, now: datetime
) -> None:
    """Publish or correct what came of an event; revision 0 is that of what is unpublished."""
    check(details)
    lock(db, event)
    rules.check_can_publish(event, now)
    result = queries.result_of(db, event)
    if revision != (result.revision if result else 0):
        raise rules.ResultChangedMeanwhileError
    took_part = rules.round_down(counts(db, event)["attended"])
    if result is None:
        result = Result(
            item_kind=ItemKind.EVENT.value, item_id=event.id, published_at=now, revision=0
        )
        db.add(result)
    result.happened, result.reached = details.happened, details.reached
    result.next_steps = details.next_steps
    result.took_part = took_part
    result.changed_at = now
    result.revision += 1
    revisions.record_revision(db, event, now)
    _count(db, event)


def translate(db: Session, event: Event, texts: Mapping[str, Translated], now: datetime) -> None:
    """Say in other languages what came of an event; the caller holds its lock."""
    result = queries.result_of(db, event)
    if result is None:
        raise NotFoundError
    reword(result, texts, now)
    revisions.record_revision(db, event, now)
    _count(db, event)


def _count(db: Session, event: Event) -> None:
    db.flush()
    search_and_progress.count(db, event)
    # Whoever locks the event next in this transaction reads it afresh.
    db.flush()


def reword(result: Result, texts: Mapping[str, Translated], now: datetime) -> None:
    """Say answers, by their names, in other languages; the caller holds the item's lock."""
    answers = {name: getattr(result, name) for name in ("happened", "reached", "next_steps")}
    check(ResultDetails(**(answers | dict(texts))))
    for name, text in texts.items():
        setattr(result, name, text)
    result.changed_at = now
    result.revision += 1


def request_result(db: Session, event: Event, now: datetime) -> None:
    """Ask the owners and editors of the organisation that founded an event, once."""
    db.add(ResultReminder(item_kind=ItemKind.EVENT.value, item_id=event.id, asked_at=now))
    organization = db.get_one(Organization, event.organization_id)
    for person, role in people_of(db, organization):
        if not may_edit(role) or person.email_sealed is None or person.banned_at is not None:
            continue
        notify(
            db,
            NotificationKind.RESULT,
            now=now,
            language=person.language,
            person_id=person.id,
            title=event.title.localized(person.language).text,
            organization=organization.name.localized(person.language).text,
            slug=event.slug,
            until=(event.ends_at + rules.NOT_REQUESTED_AFTER).isoformat(),
        )
