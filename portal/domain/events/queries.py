"""The only door to events, and what their pages say: what a visitor may not see is not found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from portal.content.picture_html import Picture
from portal.core.availability import Band
from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.db.engine import rows
from portal.db.query_hints import literal
from portal.db.rows import columns_of, reader
from portal.domain.accounts.people.models import Person
from portal.domain.events import rules
from portal.domain.events.hosts import EVENTS, HOSTS, roles_in
from portal.domain.events.models import Event, EventLanguage, EventSeats, EventTag
from portal.domain.events.related import (
    HAS_RESULT,
    HAS_STORIES,
    INITIATIVE_LINK,
    INITIATIVES,
    OF_EVENT,
    OF_INITIATIVE,
    OUTCOME,
    RESULTS,
    InitiativeLink,
    Outcome,
    initiative_from,
    outcome_from,
)
from portal.domain.organizations.hosting import COMMA, Host, hosts_from
from portal.domain.organizations.models import Organization
from portal.domain.organizations.rules import Roles, check_roles
from portal.domain.publishing.images.queries import IMAGES, PICTURE, is_cover_of, picture_from
from portal.domain.publishing.publication import Visibility, is_public
from portal.domain.publishing.translation_progress.models import TranslationProgress
from portal.domain.publishing.translation_progress.queries import COUNTS, counts_from, counts_in
from portal.domain.publishing.translation_progress.rules import Counts
from portal.i18n.locale import current_language
from portal.i18n.translated import Translated


@dataclass(frozen=True, slots=True)
class EventRow:
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
    places: Band
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
    joined_hosts: str | None
    has_result: bool

    @property
    def hosts(self) -> tuple[Host, ...]:
        """Who holds it: the organisation that founded it, then those that joined."""
        founder = Host(self.organization_slug, self.organization_name)
        return (founder, *hosts_from(self.joined_hosts)) if self.joined_hosts else (founder,)

    @property
    def tags(self) -> list[str]:
        """Audience tags."""
        return sorted(self.joined_tags.split(",")) if self.joined_tags else []

    @property
    def languages(self) -> tuple[str, ...]:
        """Spoken languages, the main one first."""
        return _in_order(self.joined_languages) if self.joined_languages else ()


# Stored as "position:tag"; there are few combinations.
@lru_cache(maxsize=1024)
def _in_order(joined: str) -> tuple[str, ...]:
    pairs = (part.split(":", 1) for part in joined.split(","))
    return tuple(tag for _position, tag in sorted(pairs, key=lambda pair: int(pair[0])))


# Tables, not entities: with a mapped attribute anywhere in it, a statement takes the slower road.
_organizations = Organization.__table__
_tags = EventTag.__table__.c
_languages = EventLanguage.__table__.c

_JOINED_TAGS = (
    select(func.aggregate_strings(_tags.tag, COMMA))
    .where(_tags.event_id == EVENTS.c.id)
    .correlate(EVENTS)
    .scalar_subquery()
)
_JOINED_LANGUAGES = (
    select(
        func.aggregate_strings(
            cast(_languages.position, String) + literal_column("':'") + _languages.language, COMMA
        )
    )
    .where(_languages.event_id == EVENTS.c.id)
    .correlate(EVENTS)
    .scalar_subquery()
)
EVENT_ROWS = select(
    *columns_of(EventRow, EVENTS),
    EVENTS.c.availability,
    _organizations.c.slug.label("organization_slug"),
    _organizations.c.name.label("organization_name"),
    _organizations.c.verified_until.label("organization_verified_until"),
    _JOINED_TAGS.label("joined_tags"),
    _JOINED_LANGUAGES.label("joined_languages"),
    HOSTS.names.label("joined_hosts"),
    HAS_RESULT.label("has_result"),
).join_from(EVENTS, _organizations, _organizations.c.id == EVENTS.c.organization_id)
_event_of = reader(EventRow, places=lambda row: Band(row.availability))


def fetch_event_rows_with(
    db: Session, statement: Select[Any], values: Mapping[str, Any]
) -> list[tuple[EventRow, Row[Any]]]:
    """Run a statement grown from SHOWN: each event, and its row with the columns added to it."""
    return [(_event_of(row), row) for row in rows(db, statement, values).all()]


def fetch_event_rows(
    db: Session, statement: Select[tuple[object, ...]], **values: object
) -> list[EventRow]:
    """Run a statement grown from SHOWN to which nothing was added."""
    return [event for event, _row in fetch_event_rows_with(db, statement, values)]


def is_visible(db: Session, visitor: Person | None, event: Event | EventRow) -> bool:
    """Return whether somebody may see an event at all."""
    return is_public(event) or rules.may_see(event, roles_in(db, visitor, event))


def is_public_event(event_id: ColumnElement[int]) -> ColumnElement[bool]:
    """`is_public` in a statement about something else that belongs to an event."""
    return exists().where(
        EVENTS.c.id == event_id,
        EVENTS.c.published_at.is_not(None),
        EVENTS.c.visibility == literal(Visibility.PUBLIC),
    )


def may_see_event(db: Session, visitor: Person | None, event_id: int) -> bool:
    """Return whether somebody may see an event, and so whatever belongs to it."""
    event = db.get(Event, event_id)
    return event is not None and is_visible(db, visitor, event)


def event_for(db: Session, visitor: Person | None, slug: str) -> Event:
    """Return an event to do something with, for whoever may see it."""
    event = db.scalars(select(Event).where(Event.slug == slug)).one_or_none()
    if event is None or not is_visible(db, visitor, event):
        raise NotFoundError
    return event


def managed_event(db: Session, person: Person, slug: str) -> Event:
    """Return an event with all its parts, for the editors of its hosts."""
    return _hosted_event(db, person, slug, rules.may_edit)[0]


def analysed_event(db: Session, person: Person, slug: str) -> tuple[Event, Roles]:
    """Return an event, and what whoever reads its numbers is in its hosts."""
    return _hosted_event(db, person, slug, rules.may_analyse)


def translated_event(db: Session, person: Person, slug: str) -> Event:
    """Return an event for those who put its words into other languages."""
    return _hosted_event(db, person, slug, rules.may_translate)[0]


def check_in_event(db: Session, person: Person, slug: str) -> Event:
    """Return an event for those who stand at its door."""
    return _hosted_event(db, person, slug, rules.may_check_in)[0]


def _hosted_event(
    db: Session, person: Person, slug: str, may: Callable[[Roles], bool]
) -> tuple[Event, Roles]:
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
    roles = roles_in(db, person, event)
    check_roles(roles, may)
    return event, roles


_COLUMN_NAMES = [attribute.key for attribute in Event.__mapper__.column_attrs]


def lock(db: Session, event: Event) -> Event:
    """Read an event afresh and lock its row; on SQLite the transaction holds the lock."""
    # Columns by name: a refresh of everything would also forget tags and links read before.
    db.refresh(event, _COLUMN_NAMES, with_for_update=True)
    refresh_seats(db, event)
    return event


def lock_by_id(db: Session, event_id: int) -> Event:
    """`lock` for an event that has not been read yet."""
    event = db.scalars(select(Event).where(Event.id == event_id).with_for_update()).one()
    refresh_seats(db, event)
    return event


def refresh_seats(db: Session, event: Event) -> None:
    """Read the seats of a locked event afresh."""
    seats = db.get_one(EventSeats, event.id, populate_existing=True)
    set_committed_value(event, "seats", seats)


def with_join_links(db: Session, event: Event) -> Event:
    """Return an event with its join links read, for whoever has proved to hold a place."""
    db.refresh(event, ["join_links"])
    return event


@dataclass(frozen=True, slots=True)
class EventDetail:
    """What only the event's own page says."""

    funding: str | None
    funding_note: Translated
    editions: int
    description_html: dict[str, str]
    # How far all of it is translated into the reader's language; None if it was never counted.
    counts: Counts | None
    outcome: Outcome | None
    line: InitiativeLink | None
    cover: Picture | None
    # Whether any public story tells of it.
    has_stories: bool


_PAGE = (
    EVENT_ROWS.add_columns(
        *columns_of(EventDetail, EVENTS),
        *COUNTS,
        *OUTCOME,
        *INITIATIVE_LINK,
        HAS_STORIES.label("has_stories"),
        *PICTURE,
    )
    .outerjoin(TranslationProgress.__table__, counts_in(ItemKind.EVENT, EVENTS.c.id))
    .outerjoin(RESULTS, OF_EVENT)
    .outerjoin(INITIATIVES, OF_INITIATIVE)
    .outerjoin_from(EVENTS, IMAGES, is_cover_of(ItemKind.EVENT, EVENTS.c.id))
    .where(EVENTS.c.slug == bindparam("slug"))
)
_detail_of = reader(
    EventDetail,
    counts=counts_from,
    outcome=lambda row: outcome_from(row) if row.has_result else None,
    line=initiative_from,
    cover=picture_from,
    has_stories=lambda row: bool(row.has_stories),
)


def event_page(db: Session, visitor: Person | None, slug: str) -> tuple[EventRow, EventDetail]:
    """Return an event and what its page says beside it, for whoever may see it."""
    asked = {"slug": slug, "language": current_language.get()}
    found = fetch_event_rows_with(db, _PAGE, asked)
    if not found:
        raise NotFoundError
    event, row = found[0]
    if not is_visible(db, visitor, event):
        raise NotFoundError
    return event, _detail_of(row)
