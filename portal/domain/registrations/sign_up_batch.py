"""What those of a crowd want who press the button of one event: guests and members by turns."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.refusals import NotFoundError, Refusal
from portal.domain.accounts.people.actions import touch_session
from portal.domain.accounts.people.models import Person, SignInSession
from portal.domain.events.locking import event_with_places
from portal.domain.events.queries import is_visible
from portal.domain.registrations.sign_up import Applicant, member, register_all

Decision: TypeAlias = str | Refusal | NotFoundError


class SignUpRequest(NamedTuple):
    """For a place: a guest, ready to be written, or a member by the session that they came with."""

    guest: Applicant | None = None
    session_id: int | None = None


_SESSIONS = select(SignInSession).where(SignInSession.id.in_(bindparam("ids", expanding=True)))


def decide_sign_ups(db: Session, slug: str, requests: Sequence[SignUpRequest]) -> list[Decision]:
    """Decide the sign-ups for an event that arrived together."""
    return sign_up_all(db, slug, requests, clock.now())


def sign_up_all(
    db: Session, slug: str, requests: Sequence[SignUpRequest], now: datetime
) -> list[Decision]:
    """Return the public id of each one's sign-up, or why there is none.

    Who may see the event and who is still signed in is looked at under the lock, since both may
    have changed while they stood in line. Raises NotFoundError where there is no such event.
    """
    event = event_with_places(db, slug)
    people = _people(db, [r.session_id for r in requests if r.session_id is not None], now)
    applicants: dict[int, Applicant] = {}
    for place, request in enumerate(requests):
        person = people.get(request.session_id) if request.session_id is not None else None
        applicant = member(person) if person is not None else request.guest
        if applicant is not None and is_visible(db, person, event):
            applicants[place] = applicant
    decisions: list[Decision] = [NotFoundError() for _request in requests]
    try:
        found = register_all(db, event, list(applicants.values()), now)
    except Refusal as refusal:
        for place in applicants:
            decisions[place] = refusal
    else:
        for place, registration in zip(applicants, found, strict=True):
            decisions[place] = registration.public_id
    return decisions


def _people(db: Session, sessions: list[int], now: datetime) -> dict[int, Person]:
    """Return who came with these sessions, whose use is recorded, and is still there."""
    if not sessions:
        return {}
    people = {}
    for session in db.scalars(_SESSIONS, {"ids": sessions}):
        if session.person.closed_at is None:
            touch_session(db, session, now)
            people[session.id] = session.person
    return people
