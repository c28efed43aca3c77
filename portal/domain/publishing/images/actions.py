"""Taking images in, describing, ordering and removing them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.core import tokens
from portal.core.item_kinds import ItemKind
from portal.domain.accounts.people.models import Person
from portal.domain.publishing.images import queries, rules
from portal.domain.publishing.images.models import Image, ImageDeletion
from portal.i18n.locale import LANGUAGES
from portal.i18n.translated import Translated
from portal.media.images import redrawn
from portal.media.storage import Storage


@dataclass(frozen=True, slots=True)
class StoredImage:
    """A picture whose files have been written, and which has no row yet."""

    key: str
    width: int
    height: int


def store_image(storage: Storage, file: BinaryIO) -> StoredImage:
    """Draw a picture anew and write its files, or refuse it (portal.media.images).

    Takes a second or two, and is therefore done outside any transaction. Files come before their
    row, so that no row is ever without them; files that get no row are swept up.
    """
    image, key = redrawn(file), tokens.new_public_id()
    for name, content in image.files.items():
        storage.save(f"{key}/{name}", content)
    return StoredImage(key, image.width, image.height)


def add(
    db: Session,
    kind: ItemKind,
    item_id: int,
    stored: StoredImage,
    person: Person | None,
    now: datetime,
) -> Image:
    """Give a picture to an item, as its last, without words yet."""
    there = queries.locked_images(db, kind, item_id)
    rules.check_number(len(there))
    image = Image(
        key=stored.key,
        item_kind=kind.value,
        item_id=item_id,
        position=there[-1].position + 1 if there else 0,
        is_cover=False,
        width=stored.width,
        height=stored.height,
        alt=Translated.of(LANGUAGES[0]),
        caption=Translated.of(LANGUAGES[0]),
        person_id=person.id if person else None,
        added_at=now,
    )
    db.add(image)
    db.flush()
    return image


def describe(image: Image, alt: Translated, caption: Translated) -> None:
    """Say what an image shows."""
    rules.check_words(alt, caption)
    image.alt, image.caption = alt, caption


def choose_cover(db: Session, kind: ItemKind, item_id: int, key: str | None) -> None:
    """Make one of an item's images its cover, or none."""
    images = queries.locked_images(db, kind, item_id)
    chosen = queries.image_of(db, kind, item_id, key) if key is not None else None
    if chosen is not None and not chosen.alt:
        raise rules.WordsFirstError
    for image in images:
        image.is_cover = False
    # One after the other: the index knows of one cover at every moment.
    db.flush()
    if chosen is not None:
        chosen.is_cover = True
        db.flush()


def move(db: Session, image: Image, places: int) -> None:
    """Put an image so many places further on among those of its item, or further to the front."""
    images = [*queries.locked_images(db, ItemKind(image.item_kind), image.item_id)]
    at = images.index(image)
    images.insert(max(at + places, 0), images.pop(at))
    for position, each in enumerate(images):
        each.position = position


def remove(db: Session, image: Image) -> None:
    """Take an image away at once; its files follow."""
    db.add(ImageDeletion(key=image.key))
    db.delete(image)
    db.flush()


def forget_all(db: Session, kind: ItemKind, item_id: int) -> None:
    """Remove whatever images an item has; for those that are deleted themselves."""
    for image in queries.locked_images(db, kind, item_id):
        remove(db, image)


def forget_removed(db: Session, keys: Sequence[str]) -> None:
    """Note that the files of removed images are gone."""
    db.execute(delete(ImageDeletion).where(ImageDeletion.key.in_(keys)))
