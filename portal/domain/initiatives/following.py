"""Following an initiative, ending that by an email's link, and asking when it is quiet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.encryption import seal_of
from portal.core.refusals import NotFoundError
from portal.domain.accounts.people.models import Person
from portal.domain.emails.actions import mark_dropped, notify
from portal.domain.emails.models import Notification, NotificationKind, State
from portal.domain.initiatives import rules
from portal.domain.initiatives.models import ActivityRequest, Follow, Initiative
from portal.domain.initiatives.queries import lock, row_of
from portal.domain.organizations.models import Organization
from portal.domain.organizations.queries import people_of
from portal.domain.organizations.rules import may_edit
from portal.domain.publishing.publication import is_public


@dataclass(frozen=True, slots=True)
class FollowState:
    """What somebody is to an initiative."""

    follows: bool
    has_asked_at: datetime | None


def follow_state(db: Session, person: Person | None, initiative_id: int) -> FollowState:
    """Return whether somebody follows an initiative, and when they last asked about it."""
    if person is None:
        return FollowState(follows=False, has_asked_at=None)
    key = (initiative_id, person.id)
    question = db.get(ActivityRequest, key)
    return FollowState(
        db.get(Follow, key) is not None, question.asked_at if question is not None else None
    )


def followed_by(db: Session, person: Person) -> Sequence[tuple[Initiative, datetime]]:
    """Return what somebody follows and since when, the latest first; what is hidden too."""
    rows = db.execute(
        select(Initiative, Follow.since)
        .join(Follow, Follow.initiative_id == Initiative.id)
        .where(Follow.person_id == person.id)
        .order_by(Follow.since.desc(), Initiative.id)
    )
    return [(initiative, since) for initiative, since in rows]


def questions_of(db: Session, person: Person) -> Sequence[tuple[Initiative, datetime]]:
    """Of which initiatives somebody has asked how they go on, and when last."""
    rows = db.execute(
        select(Initiative, ActivityRequest.asked_at)
        .join(ActivityRequest, ActivityRequest.initiative_id == Initiative.id)
        .where(ActivityRequest.person_id == person.id)
        .order_by(ActivityRequest.asked_at.desc(), Initiative.id)
    )
    return [(initiative, asked_at) for initiative, asked_at in rows]


def followers(db: Session, initiative_id: int) -> int:
    """Return how many follow; not for any page as it is."""
    return db.scalar(select(func.count()).where(Follow.initiative_id == initiative_id)) or 0


def follow(db: Session, person: Person, initiative: Initiative, now: datetime) -> None:
    """From now on the person hears what comes of it; following twice is following."""
    lock(db, initiative)
    if db.get(Follow, (initiative.id, person.id)) is None:
        db.add(Follow(initiative_id=initiative.id, person_id=person.id, since=now))


def stop(db: Session, person_id: int, initiative_id: int) -> None:
    """Nothing more is heard; whoever does not follow loses nothing."""
    found = db.get(Follow, (initiative_id, person_id))
    if found is not None:
        number = found.notification_id
        last = number and db.get(Notification, number, with_for_update=True, populate_existing=True)
        if last and last.state == State.QUEUED:
            mark_dropped(last)
        db.delete(found)


def key_of(db: Session, initiative_id: int, person_id: int) -> str:
    """Return what an email's link ends one follow with; made of the seal, never stored."""
    pair = f"{initiative_id}-{person_id}"
    return f"{pair}-{seal_of(db).index(f'unfollow {pair}')}"


def follow_with(db: Session, key: str) -> tuple[Follow, Initiative]:
    """Return the follow that an email's link is about."""
    match = re.fullmatch(r"([0-9]{1,9})-([0-9]{1,9})-[0-9a-f]{64}", key, re.ASCII)
    found = db.get(Follow, (int(match[1]), int(match[2]))) if match else None
    if found is None or not compare_digest(key_of(db, found.initiative_id, found.person_id), key):
        raise NotFoundError
    return found, db.get_one(Initiative, found.initiative_id)


def is_wanted(db: Session, key: str) -> bool:
    """Return whether an email under this key has somebody to tell, and something to say."""
    try:
        _follow, initiative = follow_with(db, key)
    except NotFoundError:
        return False
    return is_public(initiative)


def request_activity(db: Session, person: Person, initiative: Initiative, now: datetime) -> None:
    """Ask how a quiet initiative goes on; its editors hear of the first follower who does."""
    lock(db, initiative)
    key = (initiative.id, person.id)
    if db.get(Follow, key) is None:
        raise rules.NotFollowingError
    signs = row_of(db, initiative).signs
    if initiative.published_at is None or not rules.is_quiet(initiative, signs, now):
        raise rules.NotQuietError
    since = rules.last_sign(initiative.published_at, signs)
    question = db.get(ActivityRequest, key)
    if question is not None and question.asked_at > since:
        raise rules.AlreadyRequestedError
    is_first = not askers(db, initiative, since)
    if question is None:
        db.add(ActivityRequest(initiative_id=initiative.id, person_id=person.id, asked_at=now))
    else:
        question.asked_at = now
    if is_first:
        _notify_editors(db, initiative, now)


def askers(db: Session, initiative: Initiative, since: datetime) -> int:
    """Return how many have asked since something was last heard of an initiative."""
    asked = select(func.count()).where(
        ActivityRequest.initiative_id == initiative.id, ActivityRequest.asked_at > since
    )
    return db.scalar(asked) or 0


def _notify_editors(db: Session, initiative: Initiative, now: datetime) -> None:
    organization = db.get_one(Organization, initiative.organization_id)
    for person, role in people_of(db, organization):
        if not may_edit(role) or person.email_sealed is None or person.banned_at is not None:
            continue
        notify(
            db,
            NotificationKind.QUIET,
            now=now,
            language=person.language,
            person_id=person.id,
            title=initiative.title.localized(person.language).text,
            organization=organization.name.localized(person.language).text,
            slug=initiative.slug,
        )
