"""Who is behind an item: the organisations that hold it, their editors, and who may not judge."""

from collections.abc import Sequence
from typing import TypeAlias

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Event, EventHost
from portal.domain.initiatives.models import Initiative, InitiativeHost
from portal.domain.moderation.targets import SubjectOf, column_of
from portal.domain.organizations.models import HostState, Membership, Organization
from portal.domain.organizations.rules import may_edit
from portal.domain.stories.models import Comment, Story

HostedItem: TypeAlias = Event | Initiative


def foreign_to(person: Person, about: SubjectOf) -> ColumnElement[bool]:
    """Leave out what concerns the person: nobody reads reports on oneself.

    That is one's own organisations, what they hold or tell, one's own words, and what others say
    below one's own stories.
    """
    mine = select(Membership.organization_id).where(Membership.person_id == person.id)
    own = {
        "organization": mine,
        "event": select(EventHost.event_id).where(
            EventHost.organization_id.in_(mine), EventHost.state == HostState.ACCEPTED.value
        ),
        "initiative": select(InitiativeHost.initiative_id).where(
            InitiativeHost.organization_id.in_(mine),
            InitiativeHost.state == HostState.ACCEPTED.value,
        ),
        "story": select(Story.id).where(
            or_(Story.author_id == person.id, Story.organization_id.in_(mine))
        ),
        "comment": select(Comment.id).where(Comment.person_id == person.id),
    }
    columns = {name: column_of(about, name) for name in own}
    return and_(
        *(or_(columns[name].is_(None), columns[name].not_in(ids)) for name, ids in own.items())
    )


def _hosting(organization_id: int, item: HostedItem | None) -> ColumnElement[bool]:
    """Return the founder, and with an event or an initiative whoever holds it too."""
    is_founder = Organization.id == organization_id
    if item is None:
        return is_founder
    joined = (
        select(EventHost.organization_id).where(
            EventHost.event_id == item.id, EventHost.state == HostState.ACCEPTED.value
        )
        if isinstance(item, Event)
        else select(InitiativeHost.organization_id).where(
            InitiativeHost.initiative_id == item.id,
            InitiativeHost.state == HostState.ACCEPTED.value,
        )
    )
    return or_(is_founder, Organization.id.in_(joined))


def hosts_of(
    db: Session, organization_id: int, item: HostedItem | None = None
) -> Sequence[Organization]:
    """Return the organisations behind an item, its founder first."""
    founder_first = (Organization.id != organization_id, Organization.slug)
    hosting = select(Organization).where(_hosting(organization_id, item))
    return db.scalars(hosting.order_by(*founder_first)).all()


def editors_of(
    db: Session, organization_id: int, item: HostedItem | None = None
) -> Sequence[Person]:
    """Return whom a decision about an organisation or what it holds is told, each once."""
    rows = db.execute(
        select(Person, Membership.role)
        .join(Membership, Membership.person_id == Person.id)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(_hosting(organization_id, item), Person.banned_at.is_(None))
        .order_by(Person.id)
    )
    return list(dict.fromkeys(person for person, role in rows if may_edit(role)))


def somebody(db: Session, person_id: int | None) -> list[Person]:
    """Return whoever has written something, unless that person has left."""
    person = db.get(Person, person_id) if person_id is not None else None
    return [person] if person is not None else []
