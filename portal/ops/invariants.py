"""Looks whether what must always be true of a portal's data is true of it now."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from portal.content.picture_html import FORMATS, name_of, widths_of
from portal.core.availability import band
from portal.db.engine import Database
from portal.domain.emails.models import Email
from portal.domain.events.models import Event, EventSeats
from portal.domain.events.rules import is_over
from portal.domain.moderation import audit_log
from portal.domain.publishing.images.models import Image, ImageDeletion
from portal.domain.publishing.images.rules import FORGOTTEN_AFTER
from portal.domain.publishing.translation_progress import rules as translation_progress
from portal.domain.publishing.translation_progress.models import TranslationProgress
from portal.domain.publishing.translation_progress.queries import counts_of
from portal.domain.registrations.models import Registration, Status
from portal.domain.translation.kinds import KINDS
from portal.i18n.locale import LANGUAGES
from portal.media.storage import Storage

# The worker sweeps once a day what is left over, so that much more time it has.
SWEPT_AFTER: Final = FORGOTTEN_AFTER + timedelta(days=2)
_MANY: Final = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """The broken rule, the row by its public id, and what is wrong, which names nobody."""

    rule: str
    about: str
    what: str


def faults(database: Database, storage: Storage | None, now: datetime) -> Iterator[Fault]:
    """Yield everything wrong in one snapshot; `storage=None` leaves the files of pictures aside."""
    with database.snapshot() as db:
        for rule in RULES:
            yield from rule(db, now)
        images = {row.key: row.width for row in db.execute(select(Image.key, Image.width))}
        removed = set(db.scalars(select(ImageDeletion.key)))
    if storage is not None:
        yield from _files(database, storage, images, removed, now)


def structure(db: Session, _now: datetime) -> Iterator[Fault]:
    """Pages of the file and references; PostgreSQL holds its own."""
    if db.get_bind().dialect.name != "sqlite":
        return
    for (line,) in db.execute(text("PRAGMA integrity_check(20)")):
        if line != "ok":
            yield Fault("file", "database", str(line))
    for table, row, target, _key in db.execute(text("PRAGMA foreign_key_check")):
        yield Fault("references", f"{table} {row}", f"points at nothing in {target}")


def places(db: Session, _now: datetime) -> Iterator[Fault]:
    """Check that an event's places taken are its confirmed sign-ups, and no more than it has."""
    confirmed = func.count().filter(Registration.status == Status.CONFIRMED.value)
    last = func.coalesce(func.max(Registration.queue_number), 0)
    counted = (
        select(
            *(Event.slug, Event.availability, EventSeats.taken, EventSeats.capacity),
            *(EventSeats.last_queue_number, confirmed, last),
        )
        .join(Event.seats)
        .outerjoin(Registration, Registration.event_id == Event.id)
        .group_by(Event.id, EventSeats.event_id)
    )
    for slug, public, taken, capacity, given, rows, highest in db.execute(counted):
        about = f"event {slug}"
        if taken != rows:
            yield Fault("places", about, f"{taken} taken, but {rows} confirmed")
        if capacity is not None and taken > capacity:
            yield Fault("places", about, f"{taken} taken of {capacity}")
        if given < highest:
            yield Fault("places", about, f"number {highest} in line, but only {given} given out")
        if public != band(capacity, taken):
            yield Fault("places", about, f"{public} to the public, {taken} taken of {capacity}")


def line(db: Session, now: datetime) -> Iterator[Fault]:
    """Numbers in line are each one's own; nobody waits behind a later one or a free place."""
    active = Registration.status != Status.CANCELLED.value
    twice = (
        select(Event.slug, Registration.queue_number)
        .join(Event, Event.id == Registration.event_id)
        .where(active)
        .group_by(Event.id, Registration.queue_number)
        .having(func.count() > 1)
    )
    for slug, number in db.execute(twice):
        yield Fault("line", f"event {slug}", f"number {number} twice")
    waits = Registration.status == Status.WAITLISTED.value
    first = func.min(Registration.queue_number).filter(waits)
    last = func.max(Registration.queue_number).filter(Registration.status == Status.CONFIRMED.value)
    waiting = (
        select(Registration.event_id, first.label("first"), last.label("last"))
        .where(active)
        .group_by(Registration.event_id)
        .having(func.count().filter(waits) > 0)
        .subquery()
    )
    for event, first_waiting, last_in in db.execute(
        select(Event, waiting.c.first, waiting.c.last).join(waiting, waiting.c.event_id == Event.id)
    ):
        about = f"event {event.slug}"
        if last_in is not None and last_in > first_waiting:
            yield Fault("line", about, f"{first_waiting} waits, but {last_in} has a place")
        free = event.capacity is None or event.taken < event.capacity
        if free and not is_over(event, now):
            yield Fault("line", about, f"{first_waiting} waits beside a free place")


def emails(db: Session, _now: datetime) -> Iterator[Fault]:
    """Check that whoever has a place or waits was promised an email."""
    known = or_(Registration.person_id.is_not(None), Registration.email_index.is_not(None))
    written = select(Email.id).where(Email.registration_id == Registration.id).exists()
    silent = (
        select(Registration.public_id, Event.slug)
        .join(Event, Event.id == Registration.event_id)
        .where(Registration.status != Status.CANCELLED.value, known, ~written)
        .order_by(Registration.id)
    )
    for key, slug in db.execute(silent):
        yield Fault("letters", f"sign-up {key} for event {slug}", "no letter was ever due")
    lost = select(Email.id).where(
        ~select(Registration.id).where(Registration.id == Email.registration_id).exists()
    )
    for number in db.scalars(lost):
        yield Fault("letters", f"letter {number}", "about no sign-up")


def translations(db: Session, _now: datetime) -> Iterator[Fault]:
    """Check that the translation progress is what counting the words anew gives."""
    stored = {
        (entry.item_kind, entry.item_id, entry.language): counts_of(entry)
        for entry in db.scalars(select(TranslationProgress))
    }
    for kind, translatable in KINDS.items():
        for place, item_id in enumerate(list(translatable.ids(db))):
            item = translatable.open(db, item_id)
            texts = tuple(item.texts.values())
            for language in LANGUAGES:
                counted = translation_progress.count(texts, language)
                entry = stored.pop((kind.value, item_id, language), None)
                if entry != counted:
                    said = astuple(entry) if entry else "nothing"
                    what = f"{language}: ledger {said}, words {astuple(counted)}"
                    yield Fault("ledger", f"{kind.value} {item.slug}", what)
            if place % _MANY == _MANY - 1:
                db.expunge_all()
    for kind_name, item_id in sorted({key[:2] for key in stored}):
        yield Fault("ledger", f"{kind_name} number {item_id}", "counted, but not there")


def log(db: Session, _now: datetime) -> Iterator[Fault]:
    """Check that the public log of moderation is a whole chain."""
    if (found := audit_log.first_fault(db)) is not None:
        yield Fault("log", f"line {found.number}", found.what)


RULES: Final[tuple[Callable[[Session, datetime], Iterable[Fault]], ...]] = (
    structure,
    places,
    line,
    emails,
    translations,
    log,
)


def _files(
    database: Database,
    storage: Storage,
    images: dict[str, int],
    removed: set[str],
    now: datetime,
) -> Iterator[Fault]:
    """Check that every picture has its files, and every older file its picture."""
    wanted = {
        f"{key}/{name_of(size, form)}": key
        for key, width in images.items()
        for size in widths_of(width)
        for form in FORMATS
    }
    there = {name for names in storage.names() for name in names}
    lost = Counter(wanted[name] for name in wanted.keys() - there)
    # A picture may have been taken away since the snapshot, and its files with it.
    still = _still_there(database, list(lost))
    for key in sorted(lost.keys() & still):
        yield Fault("files", f"picture {key}", f"{lost[key]} files are missing")
    for names in storage.names(before=now - SWEPT_AFTER):
        for name in sorted(set(names) - wanted.keys()):
            if name.partition("/")[0] not in removed:
                yield Fault("files", f"file {name}", "belongs to no picture")


def _still_there(database: Database, keys: list[str]) -> set[str]:
    found: set[str] = set()
    with database.reading() as db:
        for start in range(0, len(keys), _MANY):
            some = Image.key.in_(keys[start : start + _MANY])
            found |= set(db.scalars(select(Image.key).where(some)))
    return found
