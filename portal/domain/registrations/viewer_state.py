"""What a member has to do with events: whether they stand in a list, and as what they hold one."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, null, select, union_all
from sqlalchemy.orm import Session

from portal.db.engine import rows
from portal.domain.accounts.people.models import Person
from portal.domain.events.hosts import HOSTS
from portal.domain.organizations.hosting import HostedItem
from portal.domain.organizations.rules import Roles
from portal.domain.registrations.models import Registration, Status

_registered = Registration.__table__.c
# Two kinds of rows: what somebody is signed up with, and, without a pass, a role in which they
# hold the event.
_VIEWER_STATE = union_all(
    select(_registered.public_id, _registered.status).where(
        _registered.event_id == bindparam("item"), _registered.person_id == bindparam("person")
    ),
    HOSTS.memberships.with_only_columns(null(), HOSTS.memberships.selected_columns.role),
)


@dataclass(frozen=True, slots=True)
class ViewerState:
    """What a member has to do with an event."""

    # Their pass (public id) and its status, unless cancelled.
    registration: tuple[str, str] | None
    # What they are in the organisations that hold it.
    roles: Roles


NOTHING: Final = ViewerState(None, frozenset())


def viewer_state(db: Session, person: Person, event: HostedItem) -> ViewerState:
    """Asked once for both, since the page of an event waits for it."""
    values = {"person": person.id, "item": event.id, "founder": event.organization_id}
    found = rows(db, _VIEWER_STATE, values).all()
    taken = (row for row in found if row.public_id and row.status != Status.CANCELLED)
    registration = next(((row.public_id, row.status) for row in taken), None)
    return ViewerState(
        registration, frozenset(row.status for row in found if row.public_id is None)
    )


_MY_EVENTS = select(_registered.event_id, _registered.status).where(
    _registered.person_id == bindparam("person_id"),
    _registered.status != Status.CANCELLED.value,
    _registered.event_id.in_(bindparam("event_ids", expanding=True)),
)


def registration_statuses(db: Session, person: Person, event_ids: list[int]) -> dict[int, str]:
    """Status by event for those of some events a member has signed up for."""
    found = rows(db, _MY_EVENTS, {"person_id": person.id, "event_ids": event_ids})
    return {row.event_id: row.status for row in found}
