"""The only door to events, and the lists of them: what a visitor may not see is not found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import String, bindparam, cast, func, literal_column, select
from sqlalchemy.orm import selectinload

from portal.domain.events import rules
from portal.domain.events.models import Event, EventLanguage, EventTag
from portal.domain.organizations import queries as organizations
from portal.domain.organizations.models import Organization
from portal.domain.organizations.rules import may_analyse, may_check_in, may_edit, may_translate
from portal.refusals import NotAllowedError, NotFoundError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from portal.domain.people.models import Person
    from portal.translated import Translated


class Shown(NamedTuple):
    """An event as lists and pages show it: columns, since an entity costs eight times as much."""

    id: int
    slug: str
    uid: str
    sequence: int
    title: Translated
    summary: Translated
    venue: Translated
    attendance_mode: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    capacity: int | None
    taken: int
    status: str
    visibility: str
    published_at: datetime | None
    changed_at: datetime
    organization_id: int
    organization_slug: str
    organization_name: Translated
    organization_verified_until: datetime | None
    joined_tags: str | None
    joined_languages: str | None

    @property
    def tags(self) -> list[str]:
        """Audience tags."""
        return sorted(self.joined_tags.split(",")) if self.joined_tags else []

    @property
    def languages(self) -> list[str]:
        """Spoken languages, the main one first (stored as "position:tag")."""
        if not self.joined_languages:
            return []
        pairs = (part.split(":", 1) for part in self.joined_languages.split(","))
        return [tag for _position, tag in sorted(pairs, key=lambda pair: int(pair[0]))]


# Tables, not entities: with a mapped attribute anywhere in it, a statement takes the slower road.
EVENTS = Event.__table__
_organizations = Organization.__table__
_tags = EventTag.__table__.c
_languages = EventLanguage.__table__.c

# Written into the statement: a separator given as a value is put in anew at every execution.
_COMMA: Any = literal_column("','")
_JOINED_TAGS = (
    select(func.aggregate_strings(_tags.tag, _COMMA))
    .where(_tags.event_id == EVENTS.c.id)
    .correlate(EVENTS)
    .scalar_subquery()
)
_JOINED_LANGUAGES = (
    select(
        func.aggregate_strings(
            cast(_languages.position, String) + literal_column("':'") + _languages.language, _COMMA
        )
    )
    .where(_languages.event_id == EVENTS.c.id)
    .correlate(EVENTS)
    .scalar_subquery()
)
SHOWN = select(
    *(EVENTS.c[name] for name in Shown._fields if name in EVENTS.c),
    _organizations.c.slug,
    _organizations.c.name,
    _organizations.c.verified_until,
    _JOINED_TAGS,
    _JOINED_LANGUAGES,
).join_from(EVENTS, _organizations, _organizations.c.id == EVENTS.c.organization_id)


def shown(db: Session, statement: Select[tuple[object, ...]], **values: object) -> list[Shown]:
    """Runs a statement grown from SHOWN."""
    return [Shown._make(row) for row in db.execute(statement, values)]


_PAGE = SHOWN.add_columns(EVENTS.c.description_html).where(EVENTS.c.slug == bindparam("slug"))


def _visible(db: Session, visitor: Person | None, event: rules.Facts, organization_id: int) -> bool:
    return rules.is_public(event) or rules.may_see(
        event, organizations.role_of(db, visitor, organization_id)
    )


def event_page(db: Session, visitor: Person | None, slug: str) -> tuple[Shown, dict[str, str]]:
    """An event and its description as HTML by language, for whoever may see it."""
    row = db.execute(_PAGE, {"slug": slug}).one_or_none()
    if row is None:
        raise NotFoundError
    event = Shown._make(row[:-1])
    if not _visible(db, visitor, event, event.organization_id):
        raise NotFoundError
    return event, row[-1]


def event_for(db: Session, visitor: Person | None, slug: str) -> Event:
    """An event to do something with, for whoever may see it."""
    event = db.scalars(select(Event).where(Event.slug == slug)).one_or_none()
    if event is None or not _visible(db, visitor, event, event.organization_id):
        raise NotFoundError
    return event


def managed_event(db: Session, person: Person, slug: str) -> Event:
    """An event with all its parts, for the editors of its organisation."""
    event, role = _of_own_organization(db, person, slug)
    if not may_edit(role):
        raise NotAllowedError
    return event


def analysed_event(db: Session, person: Person, slug: str) -> tuple[Event, str]:
    """An event and the role of whoever reads its numbers."""
    event, role = _of_own_organization(db, person, slug)
    if not may_analyse(role):
        raise NotAllowedError
    return event, role


def translated_event(db: Session, person: Person, slug: str) -> Event:
    """An event for those who put its words into other languages."""
    event, role = _of_own_organization(db, person, slug)
    if not may_translate(role):
        raise NotAllowedError
    return event


def door_event(db: Session, person: Person, slug: str) -> Event:
    """An event for those who stand at its door."""
    event, role = _of_own_organization(db, person, slug)
    if not may_check_in(role):
        raise NotAllowedError
    return event


def _of_own_organization(db: Session, person: Person, slug: str) -> tuple[Event, str]:
    event = db.scalars(
        select(Event)
        .where(Event.slug == slug)
        .options(
            selectinload(Event.tags),
            selectinload(Event.languages),
            selectinload(Event.join_links),
            selectinload(Event.organization),
        )
    ).one_or_none()
    if event is None:
        raise NotFoundError
    role = organizations.role_of(db, person, event.organization_id)
    if role is None:
        raise NotFoundError
    return event, role


_COLUMN_NAMES = [attribute.key for attribute in Event.__mapper__.column_attrs]


def lock(db: Session, event: Event) -> Event:
    """Makes places ours to give: reads the event afresh, and holds its row on PostgreSQL.

    SQLite has no row locks; there the transaction holds the one write lock since it began.
    """
    # Columns by name: a refresh of everything would also forget tags and links read before.
    db.refresh(event, _COLUMN_NAMES, with_for_update=True)
    return event


def lock_by_id(db: Session, event_id: int) -> Event:
    """`lock` for an event that has not been read yet."""
    return db.scalars(select(Event).where(Event.id == event_id).with_for_update()).one()


def with_join_links(db: Session, event: Event) -> Event:
    """The same event with its join links read, for whoever has proved to hold a place."""
    db.refresh(event, ["join_links"])
    return event
