"""What can be translated, by kind: its door, its texts, and how they are written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content.picture_html import Picture
from portal.core.item_kinds import ItemKind
from portal.domain.accounts.people.models import Person
from portal.i18n.locale import LazyText
from portal.i18n.translated import Translated


@dataclass(frozen=True)
class Numbered:
    """What one of several is called; `message` has a place for its %(number)s."""

    message: LazyText
    number: int

    def __str__(self) -> str:
        return str(self.message) % {"number": self.number}


@dataclass(frozen=True)
class Field:
    """One text of an item: what it is called, and what may be written there."""

    name: str
    label: LazyText | Numbered
    text: Translated
    longest: int
    one_line: bool = True
    # What a translator looks at beside it.
    picture: Picture | None = None


@dataclass(frozen=True)
class TranslatableItem:
    """An item as its translators see it."""

    kind: ItemKind
    id: int
    slug: str
    title: Translated
    fields: tuple[Field, ...]

    @property
    def texts(self) -> dict[str, Translated]:
        """Its texts by the names of their fields."""
        return {field.name: field.text for field in self.fields}

    def is_translatable(self, language: str) -> bool:
        """Return whether anything may be put into a language: what it was not written in first."""
        written = [self.title, *(field.text for field in self.fields if field.text)]
        return any(text.original != language for text in written)


@dataclass(frozen=True)
class MatrixRow:
    """An item in the matrix; `is_past` where fewer people will still read it."""

    kind: ItemKind
    id: int
    slug: str
    title: Translated
    is_past: bool = False


@dataclass(frozen=True)
class Translatable:
    """How one kind of item is translated.

    `translated` is the door for translators, by slug, `shown` that for everybody; `hold` makes a
    record ours to write. `open` reads an item by id, and `write` puts texts in by the names of
    their fields, with whatever else a change of that kind brings about. `rows` lists an
    organisation's items for the matrix, or by None the portal's own.
    """

    kind: ItemKind
    model: Any
    translated: Callable[[Session, Person, str], Any]
    visible: Callable[[Session, Person | None, str], Any]
    hold: Callable[[Session, Any], object]
    open: Callable[[Session, int], TranslatableItem]
    write: Callable[[Session, int, Mapping[str, Translated], datetime], None]
    rows: Callable[[Session, int | None, datetime], Sequence[MatrixRow]]

    def find(self, db: Session, person: Person, slug: str) -> int:
        """Return the id of an item for its translators."""
        return int(self.translated(db, person, slug).id)

    def read(self, db: Session, visitor: Person | None, slug: str) -> int:
        """Return the id of an item for everybody who may see it."""
        return int(self.visible(db, visitor, slug).id)

    def lock(self, db: Session, item_id: int) -> None:
        """Hold an item's row until the transaction ends."""
        self.hold(db, db.get_one(self.model, item_id))

    def ids(self, db: Session) -> Sequence[int]:
        """Return the ids of all items of the kind."""
        return db.scalars(select(self.model.id).order_by(self.model.id)).all()


def hold(db: Session, record: Any) -> None:
    """Read a record afresh, and hold its row until the transaction ends."""
    db.refresh(record, with_for_update=True)
