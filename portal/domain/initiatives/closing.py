"""Telling what came: of an initiative, which closes it, and of its events."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.domain.events.models import Event
from portal.domain.initiatives import follower_updates, reach, revisions, rules, search_and_progress
from portal.domain.initiatives.models import Initiative, Stage
from portal.domain.initiatives.queries import lock
from portal.domain.results import actions as results
from portal.domain.results.actions import ResultDetails
from portal.domain.results.models import Result
from portal.domain.results.rules import ResultChangedMeanwhileError
from portal.i18n.translated import Translated


def report_of(db: Session, initiative: Initiative) -> Result | None:
    """Return an initiative's closing report, read afresh."""
    return db.get(Result, (ItemKind.INITIATIVE.value, initiative.id), populate_existing=True)


def close(
    db: Session, initiative: Initiative, details: ResultDetails, revision: int, now: datetime
) -> None:
    """Finish an initiative with what came of it, or tell it better; its followers hear once."""
    results.check(details)
    lock(db, initiative)
    if initiative.published_at is None:
        raise rules.NotPublishedError
    report = report_of(db, initiative)
    if revision != (report.revision if report else 0):
        raise ResultChangedMeanwhileError
    is_first = report is None
    took_part = reach.public_reach(reach.occasions(db, initiative.id, now))
    if report is None:
        report = Result(
            item_kind=ItemKind.INITIATIVE.value, item_id=initiative.id, published_at=now, revision=0
        )
        db.add(report)
    report.happened, report.reached = details.happened, details.reached
    report.next_steps = details.next_steps
    report.took_part = took_part
    report.changed_at = now
    report.revision += 1
    initiative.stage = Stage.FINISHED.value
    initiative.changed_at = now
    initiative.revision += 1
    revisions.record_revision(db, initiative, now)
    search_and_progress.count(db, initiative)
    if is_first:
        follower_updates.announce(db, initiative, initiative.title, now)


def reword(
    db: Session, initiative: Initiative, texts: Mapping[str, Translated], now: datetime
) -> None:
    """Say the closing report in other languages; its followers do not hear of that."""
    report = report_of(db, initiative)
    if report is None:
        raise NotFoundError
    results.reword(report, texts, now)
    revisions.record_revision(db, initiative, now)
    search_and_progress.count(db, initiative)


def publish_result(
    db: Session, event: Event, details: ResultDetails, revision: int, now: datetime
) -> None:
    """Tell what came of an event; followers of its initiative hear when it is first told."""
    results.publish(db, event, details, revision, now)
    initiative = db.get(Initiative, event.initiative_id) if event.initiative_id else None
    if initiative is not None and revision == 0 and event.visibility == "public":
        follower_updates.announce(db, initiative, event.title, now)
