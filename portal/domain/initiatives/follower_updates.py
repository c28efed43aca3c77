"""Telling followers that something has come of an initiative: written at once, told by the worker.

However many they are, whoever has told it waits for none of them; nor, on SQLite, does anybody
else who writes.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from portal.db.rows import reader
from portal.domain.accounts.people.models import Person
from portal.domain.emails.actions import extend_notification, notify
from portal.domain.emails.models import Notification, NotificationKind, State
from portal.domain.emails.rules import is_waiting
from portal.domain.initiatives import rules
from portal.domain.initiatives.following import key_of
from portal.domain.initiatives.models import Follow, FollowerUpdate, Initiative
from portal.domain.publishing.publication import is_public
from portal.i18n.translated import Translated

# So many are told in one transaction, which takes some hundredths of a second.
PORTION: Final = 200

_follows = Follow.__table__
_NOTIFIED_BY = (
    update(_follows)  # type: ignore[arg-type]  # it is a table
    .where(
        _follows.c.initiative_id == bindparam("of_initiative"),
        _follows.c.person_id == bindparam("of_person"),
    )
    .values(notification_id=bindparam("told_by"))
)


def announce(db: Session, initiative: Initiative, title: Translated, now: datetime) -> None:
    """Have all who follow a public initiative by now hear that something has come of it."""
    if is_public(initiative):
        db.add(FollowerUpdate(initiative_id=initiative.id, title=title, made_at=now))


def is_owed(db: Session) -> bool:
    """Return whether there is anything that followers have yet to hear."""
    return db.scalar(select(FollowerUpdate.id).limit(1)) is not None


def notify_followers(db: Session, now: datetime) -> int | None:
    """Tell the next followers of the oldest announcement, and return how many; None if none is.

    Each gets one email a day about an initiative at most: what comes of it meanwhile is gathered
    in the next one, so workers take turns. Of what has been hidden meanwhile nobody hears.
    """
    oldest = select(FollowerUpdate).order_by(FollowerUpdate.id).limit(1).with_for_update()
    announcement = db.scalars(oldest.execution_options(populate_existing=True)).one_or_none()
    if announcement is None:
        return None
    initiative = db.get_one(Initiative, announcement.initiative_id)
    followers = _next_followers(db, announcement) if is_public(initiative) else []
    _notify(db, announcement, initiative, followers, now)
    if len(followers) < PORTION:
        db.delete(announcement)
    else:
        announcement.sent_up_to = followers[-1].person_id
    return len(followers)


@dataclass(frozen=True, slots=True)
class _Follower:
    person_id: int
    # The email they were told by last.
    notification_id: int | None
    language: str


_follower_from = reader(_Follower)


def _next_followers(db: Session, announcement: FollowerUpdate) -> list[_Follower]:
    """Return the next followers not told yet, as many as are told at once."""
    rows = db.execute(
        select(Follow.person_id, Follow.notification_id, Person.language)
        .join(Person, Follow.person_id == Person.id)
        .where(
            Follow.initiative_id == announcement.initiative_id,
            Follow.person_id > announcement.sent_up_to,
            Follow.since <= announcement.made_at,
            Person.banned_at.is_(None),
        )
        .order_by(Follow.person_id)
        .limit(PORTION)
    )
    return [_follower_from(row) for row in rows]


def _notify(
    db: Session,
    announcement: FollowerUpdate,
    initiative: Initiative,
    followers: Sequence[_Follower],
    now: datetime,
) -> None:
    last_notified = _locked(
        db, [each.notification_id for each in followers if each.notification_id is not None]
    )
    begun = []
    for follower in followers:
        what = announcement.title.localized(follower.language).text
        last = last_notified.get(follower.notification_id)
        if last is not None and is_waiting(last, now):
            extend_notification(db, last, "what", what)
            continue
        notice = notify(
            db,
            NotificationKind.INITIATIVE,
            now=now,
            language=follower.language,
            person_id=follower.person_id,
            title=initiative.title.localized(follower.language).text,
            what=what,
            slug=initiative.slug,
            key=key_of(db, initiative.id, follower.person_id),
        )
        notice.due_at = rules.next_notification(_left_at(last, now), now)
        begun.append((follower.person_id, notice))
    db.flush()
    if begun:
        # Whoever stops at this moment has no row any more; their email is dropped (is_wanted).
        db.execute(
            _NOTIFIED_BY,
            [
                {"of_initiative": initiative.id, "of_person": person_id, "told_by": notice.id}
                for person_id, notice in begun
            ],
        )


def _locked(db: Session, notice_ids: Collection[int]) -> Mapping[int | None, Notification]:
    """Emails by id, held until the transaction ends."""
    notifications = db.scalars(
        select(Notification)
        .where(Notification.id.in_(notice_ids))
        .order_by(Notification.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {notice.id: notice for notice in notifications}


def _left_at(last: Notification | None, now: datetime) -> datetime | None:
    """Return when it left, or leaves just now; None for one that nobody has had."""
    if last is None or last.state == State.DROPPED:
        return None
    return now if last.state == State.QUEUED else last.sent_at or last.due_at
