"""The only door to organisations: what a visitor may not see is not found."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from portal.core.refusals import NotAllowedError, NotFoundError
from portal.db.rows import columns_of, reader
from portal.domain.accounts.people.models import Person
from portal.domain.organizations import rules
from portal.domain.organizations.models import Membership, Organization, Role
from portal.i18n.translated import Translated

# Whoever has closed their account or is kept out cannot act for anybody.
CAN_ACT = Person.closed_at.is_(None) & Person.banned_at.is_(None)
_ROLE = select(Membership.role).where(
    Membership.organization_id == bindparam("organization"),
    Membership.person_id == bindparam("person"),
)


def organization_named(db: Session, slug: str) -> Organization:
    """Return an organisation; all of them are public."""
    organization = db.scalars(select(Organization).where(Organization.slug == slug)).one_or_none()
    if organization is None:
        raise NotFoundError
    return organization


def role_of(db: Session, person: Person | None, organization_id: int) -> str | None:
    """Return the person's role now; read on every request, so that a change acts at once."""
    if person is None:
        return None
    return db.scalar(_ROLE, {"organization": organization_id, "person": person.id})


def is_suspended(db: Session, organization_id: int) -> bool:
    """Return whether the organisation is suspended now; writers wait their turn."""
    asked = select(Organization.suspended_at).where(Organization.id == organization_id)
    return db.scalar(asked.with_for_update(read=True)) is not None


def check_not_suspended(db: Session, *organization_ids: int) -> None:
    """Raise SuspendedError if one of them is; call it before their items are locked."""
    if any(is_suspended(db, each) for each in sorted(organization_ids)):
        raise rules.SuspendedError


def edited_organization(db: Session, person: Person, slug: str) -> Organization:
    """Return an organisation to those who create events."""
    return _entered(db, person, slug, rules.may_edit)


def translated_organization(db: Session, person: Person, slug: str) -> Organization:
    """Return an organisation to those who translate it."""
    return _entered(db, person, slug, rules.may_translate)


def owned_organization(db: Session, person: Person, slug: str) -> Organization:
    """Return an organisation to its owners and the portal's administrators."""
    if person.is_administrator:
        return organization_named(db, slug)
    return organization_as_owner(db, person, slug)


def organization_as_owner(db: Session, person: Person, slug: str) -> Organization:
    """Return an organisation to its owners alone, not to administrators."""
    return _entered(db, person, slug, rules.may_own)


def joined_organization(db: Session, person: Person, slug: str) -> Organization:
    """Return an organisation to anybody who belongs to it, whatever the role."""
    return _entered(db, person, slug, lambda _role: True)


def _entered(db: Session, person: Person, slug: str, may: Callable[[str], bool]) -> Organization:
    organization = organization_named(db, slug)
    role = role_of(db, person, organization.id)
    if role is None:
        raise NotFoundError
    if not may(role):
        raise NotAllowedError
    return organization


def unverified_founded_by(db: Session, person: Person, now: datetime) -> int:
    """Return how many organisations somebody founded that are not verified now."""
    until = Organization.verified_until
    return (
        db.scalar(
            select(func.count()).where(
                Organization.founder_id == person.id, or_(until.is_(None), until <= now)
            )
        )
        or 0
    )


def memberships_of(db: Session, person: Person) -> Sequence[tuple[Organization, str]]:
    """Return a person's organisations with the role in each, by slug."""
    rows = db.execute(
        select(Organization, Membership.role)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(Membership.person_id == person.id)
        .order_by(Organization.slug)
    )
    return [(organization, role) for organization, role in rows]


def people_of(db: Session, organization: Organization) -> Sequence[tuple[Person, str]]:
    """Return who belongs to an organisation, and as what, in order of joining."""
    rows = db.execute(
        select(Person, Membership.role)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organization_id == organization.id, Person.closed_at.is_(None))
        .order_by(Membership.since, Person.id)
    )
    return [(person, role) for person, role in rows]


def owners_of(db: Session, organization: Organization) -> Sequence[Person]:
    """Everybody who owns an organisation, whatever has become of them."""
    return db.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organization_id == organization.id, Membership.role == Role.OWNER.value)
        .order_by(Person.id)
    ).all()


def has_active_owner(db: Session, organization: Organization) -> bool:
    """Return whether anybody can manage an organisation: an owner whom nothing keeps out."""
    active = (
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.organization_id == organization.id,
            Membership.role == Role.OWNER.value,
            CAN_ACT,
        )
    )
    return db.scalar(active.limit(1)) is not None


def editors_of(db: Session, organization_id: int) -> Sequence[Person]:
    """Return whom to tell what concerns an organisation: whoever edits for it and may come in."""
    rows = db.execute(
        select(Person, Membership.role)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organization_id == organization_id, Person.banned_at.is_(None))
        .order_by(Person.id)
    )
    return [person for person, role in rows if rules.may_edit(role)]


def lock_solely_owned(db: Session, person: Person) -> list[Organization]:
    """Organisations with no other owner who can act, locked until the transaction ends."""
    owned = (
        select(Organization)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(Membership.person_id == person.id, Membership.role == Role.OWNER.value)
        .order_by(Organization.id)
        .with_for_update(of=Organization)
    )
    others = select(Membership.person_id).join(Person, Person.id == Membership.person_id)
    others = others.where(
        Membership.role == Role.OWNER.value,
        Membership.person_id != person.id,
        CAN_ACT,
    )
    return [
        organization
        for organization in db.scalars(owned).all()
        if db.scalar(others.where(Membership.organization_id == organization.id).limit(1)) is None
    ]


def all_organizations(db: Session) -> Sequence[Organization]:
    """Return every organisation, by slug."""
    return db.scalars(select(Organization).order_by(Organization.slug)).all()


@dataclass(frozen=True, slots=True)
class Named:
    """An organisation's name, and what a list of names is narrowed by."""

    id: int
    slug: str
    name: Translated
    kind: str
    country: str
    is_suspended: bool


_o = Organization.__table__.c
_NAMES = select(
    *columns_of(Named, Organization.__table__), _o.suspended_at.is_not(None).label("is_suspended")
)
_name_from = reader(Named)


def names(db: Session) -> list[Named]:
    """Return the names of all organisations, in no order."""
    return [_name_from(row) for row in db.execute(_NAMES)]


def organizations_with(db: Session, ids: Collection[int]) -> dict[int, Organization]:
    """Organisations by id, as far as they are still there."""
    found = db.scalars(select(Organization).where(Organization.id.in_(ids)))
    return {organization.id: organization for organization in found}


def organizations_named(db: Session, slugs: Collection[str]) -> Sequence[Organization]:
    """Return those of some slugs that are still there."""
    return db.scalars(select(Organization).where(Organization.slug.in_(slugs))).all()
