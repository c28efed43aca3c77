"""The only door to initiatives, and the lists of them: what one may not see is not found."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.db.query_hints import literal
from portal.db.rows import columns_of, reader
from portal.domain.accounts.people.models import Person
from portal.domain.events import rules as roles_rules
from portal.domain.events.hosts import EVENTS
from portal.domain.events.related import RESULTS
from portal.domain.initiatives import rules
from portal.domain.initiatives.hosts import HOSTS, INITIATIVES, roles_in
from portal.domain.initiatives.models import (
    Initiative,
    InitiativeCountry,
    InitiativeTag,
    Step,
)
from portal.domain.organizations.hosting import COMMA, Host, hosts_from
from portal.domain.organizations.models import Organization
from portal.domain.organizations.rules import Roles, check_roles
from portal.domain.publishing.publication import Visibility, is_public
from portal.i18n.translated import Translated

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class InitiativeRow:
    """An initiative as lists and pages show it."""

    id: int
    slug: str
    organization_id: int
    stage: str
    since: date | None
    title: Translated
    purpose: Translated
    visibility: str
    published_at: datetime | None
    organization_slug: str
    organization_name: Translated
    organization_verified_until: datetime | None
    joined_countries: str | None
    joined_tags: str | None
    joined_hosts: str | None
    last_added: datetime | None
    last_done: datetime | None
    last_event: datetime | None
    last_result_at: datetime | None

    @property
    def hosts(self) -> tuple[Host, ...]:
        """Who holds it: the organisation that founded it, then those that joined."""
        founder = Host(self.organization_slug, self.organization_name)
        return (founder, *hosts_from(self.joined_hosts)) if self.joined_hosts else (founder,)

    @property
    def countries(self) -> list[str]:
        """ISO codes."""
        return sorted(self.joined_countries.split(",")) if self.joined_countries else []

    @property
    def tags(self) -> list[str]:
        """Audience tags."""
        return sorted(self.joined_tags.split(",")) if self.joined_tags else []

    @property
    def signs(self) -> tuple[datetime | None, ...]:
        """What shows that it goes on, for rules.is_quiet."""
        return (self.last_added, self.last_done, self.last_event, self.last_result_at)


i = INITIATIVES.c
_organizations = Organization.__table__
_countries, _tags = InitiativeCountry.__table__.c, InitiativeTag.__table__.c
_steps = Step.__table__.c


def _of_it(column: Any, condition: Any, *more: Any) -> Any:
    """Return one value looked up for each initiative."""
    return select(column).where(condition, *more).correlate(INITIATIVES).scalar_subquery()


_PUBLIC_EVENT = (
    EVENTS.c.visibility == Visibility.PUBLIC.value,
    EVENTS.c.published_at.is_not(None),
)
INITIATIVE_ROWS = select(
    *columns_of(InitiativeRow, INITIATIVES),
    _organizations.c.slug.label("organization_slug"),
    _organizations.c.name.label("organization_name"),
    _organizations.c.verified_until.label("organization_verified_until"),
    _of_it(
        func.aggregate_strings(_countries.country, COMMA), _countries.initiative_id == i.id
    ).label("joined_countries"),
    _of_it(func.aggregate_strings(_tags.tag, COMMA), _tags.initiative_id == i.id).label(
        "joined_tags"
    ),
    HOSTS.names.label("joined_hosts"),
    _of_it(func.max(_steps.added_at), _steps.initiative_id == i.id).label("last_added"),
    _of_it(func.max(_steps.done_at), _steps.initiative_id == i.id).label("last_done"),
    # One to come is a sign too.
    _of_it(func.max(EVENTS.c.starts_at), EVENTS.c.initiative_id == i.id, *_PUBLIC_EVENT).label(
        "last_event"
    ),
    _of_it(
        RESULTS.c.published_at,
        RESULTS.c.item_id == i.id,
        RESULTS.c.item_kind == literal(ItemKind.INITIATIVE),
    ).label("last_result_at"),
).join_from(INITIATIVES, _organizations, _organizations.c.id == i.organization_id)
initiative_from = reader(InitiativeRow)


def fetch_initiative_rows(
    db: Session, statement: Select[Any], **values: object
) -> list[InitiativeRow]:
    """Run a statement grown from SHOWN."""
    return [initiative_from(row) for row in db.execute(statement, values)]


def row_of(db: Session, initiative: Initiative) -> InitiativeRow:
    """Return an initiative as lists show it."""
    return fetch_initiative_rows(db, INITIATIVE_ROWS.where(i.id == initiative.id))[0]


def initiative_for(db: Session, visitor: Person | None, slug: str) -> Initiative:
    """Return an initiative for whoever may see it."""
    initiative, roles = _with_roles(db, visitor, slug)
    if not rules.may_see(initiative, roles):
        raise NotFoundError
    return initiative


def managed_initiative(db: Session, person: Person, slug: str) -> Initiative:
    """Return an initiative for the editors of its hosts."""
    return _hosted_initiative(db, person, slug, roles_rules.may_edit)[0]


def translated_initiative(db: Session, person: Person, slug: str) -> Initiative:
    """Return an initiative for those who put its words into other languages."""
    return _hosted_initiative(db, person, slug, roles_rules.may_translate)[0]


def analysed_initiative(db: Session, person: Person, slug: str) -> tuple[Initiative, Roles]:
    """Return an initiative, and what whoever reads its numbers is in its hosts."""
    return _hosted_initiative(db, person, slug, roles_rules.may_analyse)


def _hosted_initiative(
    db: Session, person: Person, slug: str, may: Callable[[Roles], bool]
) -> tuple[Initiative, Roles]:
    initiative, roles = _with_roles(db, person, slug)
    check_roles(roles, may)
    return initiative, roles


def _with_roles(db: Session, person: Person | None, slug: str) -> tuple[Initiative, Roles]:
    initiative = db.scalars(
        select(Initiative)
        .where(Initiative.slug == slug)
        .options(
            selectinload(Initiative.countries),
            selectinload(Initiative.tags),
            selectinload(Initiative.organization),
        )
    ).one_or_none()
    if initiative is None:
        raise NotFoundError
    return initiative, roles_in(db, person, initiative)


def is_seen_by_all(initiative: Initiative | InitiativeRow) -> bool:
    """Return whether everybody may see it."""
    return is_public(initiative)


_COLUMN_NAMES = [attribute.key for attribute in Initiative.__mapper__.column_attrs]


def lock(db: Session, initiative: Initiative) -> Initiative:
    """Read the initiative afresh, and hold its row on PostgreSQL."""
    db.refresh(initiative, _COLUMN_NAMES, with_for_update=True)
    return initiative


def choices_for(
    db: Session, organization_ids: Collection[int], chosen: int | None = None
) -> list[InitiativeRow]:
    """Return initiatives that some organisations' events may belong to, or belong to."""
    joined = HOSTS.joined_by(organization_ids)
    theirs = or_(i.organization_id.in_(organization_ids), i.id.in_(joined))
    # No number is below one, so that nothing chosen adds nothing.
    return fetch_initiative_rows(
        db, INITIATIVE_ROWS.where(or_(theirs, i.id == (chosen or 0))).order_by(i.id.desc())
    )


def steps_of(db: Session, initiative_id: int) -> Sequence[Step]:
    """Return an initiative's steps in the order they were written down."""
    asked = select(Step).where(Step.initiative_id == initiative_id)
    return db.scalars(asked.order_by(Step.added_at, Step.id)).all()


def step_of(db: Session, initiative: Initiative, number: int) -> Step:
    """Return one of its steps."""
    step = db.get(Step, number)
    if step is None or step.initiative_id != initiative.id:
        raise NotFoundError
    return step


def is_public_initiative(initiative_id: ColumnElement[int]) -> ColumnElement[bool]:
    """`is_public` in a statement about something else that belongs to an initiative."""
    return exists().where(
        INITIATIVES.c.id == initiative_id,
        INITIATIVES.c.published_at.is_not(None),
        INITIATIVES.c.visibility == literal(Visibility.PUBLIC),
    )


def may_see_initiative(db: Session, visitor: Person | None, initiative_id: int) -> bool:
    """Return whether somebody may see an initiative, and so whatever belongs to it."""
    initiative = db.get(Initiative, initiative_id)
    return initiative is not None and rules.may_see(initiative, roles_in(db, visitor, initiative))
