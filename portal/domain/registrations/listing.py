"""Who takes part in an event, as its organisers read it: some at a time, since it may be many."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from portal.core.encryption import seal_of
from portal.db.engine import rows
from portal.db.query_hints import limit_param
from portal.domain.accounts.people.models import Person
from portal.domain.emails.models import Email, State
from portal.domain.registrations.models import Registration, Status

# Read at once while a file is sent: little enough to be quick, and for nobody to wait.
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody with a place or in line."""

    name: str
    queue_number: int
    is_waiting: bool
    is_held: bool
    is_member: bool
    registered_at: datetime
    attended_at: datetime | None
    undelivered: int


_signed_up = Registration.__table__
_people = Person.__table__
_emails = Email.__table__.c
_UNDELIVERED = (
    select(func.count())
    .where(_emails.registration_id == _signed_up.c.id, _emails.state == State.UNDELIVERED.value)
    .scalar_subquery()
)
_FOLLOWING = (
    select(
        _signed_up.c.queue_number,
        _signed_up.c.status,
        _signed_up.c.held_until,
        _signed_up.c.person_id,
        _signed_up.c.registered_at,
        _signed_up.c.attended_at,
        _signed_up.c.name_sealed.label("guest"),
        _people.c.name_sealed.label("member"),
        _people.c.closed_at,
        _UNDELIVERED.label("undelivered"),
    )
    .join_from(_signed_up, _people, _people.c.id == _signed_up.c.person_id, isouter=True)
    .where(
        _signed_up.c.event_id == bindparam("event"),
        _signed_up.c.queue_number > bindparam("after"),
        _signed_up.c.status != Status.CANCELLED.value,
    )
    .order_by(_signed_up.c.queue_number)
    .limit(limit_param())
    .offset(bindparam("past"))
)
_AHEAD = select(func.count()).where(
    _signed_up.c.event_id == bindparam("event"),
    _signed_up.c.status == Status.WAITLISTED.value,
    _signed_up.c.queue_number < bindparam("number"),
)


def participants(
    db: Session, event_id: int, *, after: int = 0, past: int = 0, limit: int = AT_ONCE
) -> list[Participant]:
    """Return the next in order of signing up, from a queue number or past so many."""
    seal = seal_of(db)
    found = []
    values = {"event": event_id, "after": after, "past": past, "limit": limit}
    for row in rows(db, _FOLLOWING, values):
        # Nobody is told who closed their account.
        member = seal.open(row.member, "person.name") if row.member and not row.closed_at else ""
        guest = seal.open(row.guest, "registration.name") if row.guest else ""
        found.append(
            Participant(
                name=member if row.person_id is not None else guest,
                queue_number=row.queue_number,
                is_waiting=row.status == Status.WAITLISTED.value,
                is_held=row.held_until is not None,
                is_member=row.person_id is not None,
                registered_at=row.registered_at,
                attended_at=row.attended_at,
                undelivered=row.undelivered,
            )
        )
    return found


def all_participants(
    begin: Callable[[], AbstractContextManager[Session]], event_id: int
) -> Iterator[Participant]:
    """Yield all, each few in a transaction of their own: no slow network holds one up.

    Whoever signs up meanwhile stands at the end, whoever gives a place back may be there still.
    """
    after = 0
    while True:
        with begin() as db:
            found = participants(db, event_id, after=after)
        yield from found
        if len(found) < AT_ONCE:
            return
        after = found[-1].queue_number


def waiting_before(db: Session, event_id: int, number: int) -> int:
    """Return how many stand in line before a queue number."""
    return int(rows(db, _AHEAD, {"event": event_id, "number": number}).scalar_one())
