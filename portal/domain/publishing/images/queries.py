"""Reading images; whoever asks for an item's has come through the item's own door."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, case, select
from sqlalchemy.orm import Session

from portal.content.picture_html import Picture
from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.db.rows import columns_of, reader
from portal.domain.accounts.people.models import Person
from portal.domain.publishing.images.models import Image, ImageDeletion
from portal.i18n.translated import Translated

# So many removed images are dealt with at a time.
BATCH: Final = 100
# A table, not an entity: with a mapped attribute in it, a statement takes the slower road.
IMAGES = Image.__table__
PICTURE = columns_of(Picture, IMAGES, "picture_")
_picture_from = reader(Picture, "picture_")


@dataclass(frozen=True, slots=True)
class Served:
    """What serving an image has to know of it."""

    item_kind: str
    item_id: int
    width: int
    is_public: bool


_served_from = reader(Served, is_public=lambda row: bool(row.is_public))


def is_cover_of(kind: ItemKind, item_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Return what an item's page joins its cover by: at most one row."""
    return and_(IMAGES.c.item_kind == kind.value, IMAGES.c.item_id == item_id, IMAGES.c.is_cover)


def picture_from(row: Row[Any]) -> Picture | None:
    """Return the picture of an outer join's columns (PICTURE), if there is one."""
    return None if row.picture_key is None else _picture_from(row)


def _of(kind: ItemKind, item_id: int) -> ColumnElement[bool]:
    return and_(Image.item_kind == kind.value, Image.item_id == item_id)


def images_of(db: Session, kind: ItemKind, item_id: int) -> Sequence[Image]:
    """Return an item's images in their order, those still without words too."""
    return db.scalars(
        select(Image).where(_of(kind, item_id)).order_by(Image.position, Image.key)
    ).all()


def image_of(db: Session, kind: ItemKind, item_id: int, key: str) -> Image:
    """Return one of an item's images; another item's is not found."""
    image = db.scalars(select(Image).where(_of(kind, item_id), Image.key == key)).one_or_none()
    if image is None:
        raise NotFoundError
    return image


def locked_images(db: Session, kind: ItemKind, item_id: int) -> Sequence[Image]:
    """Return an item's images in their order, read afresh and ours to rearrange."""
    return db.scalars(
        select(Image)
        .where(_of(kind, item_id))
        .order_by(Image.position, Image.key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def pictures_of(db: Session, kind: ItemKind, item_id: int) -> tuple[Picture, ...]:
    """Return an item's pictures as its texts show them; those without words are not shown yet."""
    found = db.execute(
        select(*PICTURE)
        .where(IMAGES.c.item_kind == kind.value, IMAGES.c.item_id == item_id)
        .order_by(IMAGES.c.position, IMAGES.c.key)
    )
    return tuple(picture for picture in map(_picture_from, found) if picture.alt)


def words_of(db: Session, kind: ItemKind, item_id: int) -> list[Translated]:
    """Return what an item's pictures show in words, and the lines below them."""
    return [text for each in pictures_of(db, kind, item_id) for text in (each.alt, each.caption)]


def image_keys_in(
    db: Session, kind: ItemKind, item_id: int, html: Mapping[str, str]
) -> dict[str, list[str] | str | None]:
    """Keys of the pictures that an item shows, for its history; nothing where it shows none."""
    images = images_of(db, kind, item_id)
    texts = "".join(html.values())
    within: list[str] = sorted(each.key for each in images if f"/images/{each.key}/" in texts)
    cover = next((each.key for each in images if each.is_cover), None)
    return ({"pictures": within} if within else {}) | ({"cover": cover} if cover else {})


def cover_of(db: Session, kind: ItemKind, item_id: int) -> Picture | None:
    """Return the picture an item is shown by, if one was chosen."""
    return covers_of(db, kind, [item_id]).get(item_id)


def covers_of(db: Session, kind: ItemKind, ids: Collection[int]) -> dict[int, Picture]:
    """Return covers by their items' ids."""
    if not ids:
        return {}
    found = db.execute(
        select(IMAGES.c.item_id, *PICTURE).where(
            IMAGES.c.item_kind == kind.value, IMAGES.c.item_id.in_(ids), IMAGES.c.is_cover
        )
    )
    return {row.item_id: _picture_from(row) for row in found}


def images_by(db: Session, person: Person) -> Sequence[Image]:
    """Return what somebody has uploaded, the oldest first."""
    return db.scalars(
        select(Image).where(Image.person_id == person.id).order_by(Image.added_at, Image.key)
    ).all()


def serving(
    are_public: Mapping[ItemKind, Callable[[ColumnElement[int]], ColumnElement[bool]]],
) -> Select[Any]:
    """Return the statement for `served`: an image, and whether everybody may see its item."""
    is_public = case(
        *(
            (IMAGES.c.item_kind == kind.value, is_public(IMAGES.c.item_id))
            for kind, is_public in are_public.items()
        ),
        else_=False,
    )
    columns = (IMAGES.c.item_kind, IMAGES.c.item_id, IMAGES.c.width, is_public.label("is_public"))
    return select(*columns)


def served(db: Session, statement: Select[Any], key: str) -> Served:
    """Return an image by its key; the caller asks who may see its item if not everybody may."""
    row = db.execute(statement.where(IMAGES.c.key == key)).one_or_none()
    if row is None:
        raise NotFoundError
    return _served_from(row)


def removed_keys(db: Session) -> Sequence[str]:
    """Return some images whose files are still to be deleted."""
    return db.scalars(select(ImageDeletion.key).limit(BATCH)).all()


def known_keys(db: Session, keys: Collection[str]) -> set[str]:
    """Return those of some keys that belong to images."""
    return set(db.scalars(select(Image.key).where(Image.key.in_(keys))))
