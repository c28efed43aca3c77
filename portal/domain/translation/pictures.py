"""What an item's pictures show, in words: translated with the item, as fields of it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.domain.publishing.images import actions as images
from portal.domain.publishing.images.queries import image_of, pictures_of
from portal.domain.publishing.images.rules import LONGEST_ALT, LONGEST_CAPTION
from portal.domain.translation.items import Field, Numbered, Translatable, TranslatableItem
from portal.i18n.locale import gettext_lazy as _
from portal.i18n.translated import Translated

# Before a picture's key, in the names of its fields.
_ALT: Final = "alt_"
_CAPTION: Final = "caption_"


def with_pictures(plain: Translatable, rewrite: Callable[[Session, int], None]) -> Translatable:
    """Return the kind of item with its pictures' words, which `rewrite` puts into its texts."""

    def opened(db: Session, item_id: int) -> TranslatableItem:
        item = plain.open(db, item_id)
        return replace(item, fields=item.fields + _fields(db, plain.kind, item_id))

    def write(db: Session, item_id: int, texts: Mapping[str, Translated], now: datetime) -> None:
        pictured = {name: text for name, text in texts.items() if name.startswith((_ALT, _CAPTION))}
        own = {name: text for name, text in texts.items() if name not in pictured}
        _describe(db, plain.kind, item_id, pictured)
        if pictured:
            rewrite(db, item_id)
        if own:
            plain.write(db, item_id, own, now)

    return replace(plain, open=opened, write=write)


def _fields(db: Session, kind: ItemKind, item_id: int) -> tuple[Field, ...]:
    return tuple(
        field
        for number, each in enumerate(pictures_of(db, kind, item_id), start=1)
        for field in (
            Field(
                f"{_ALT}{each.key}",
                Numbered(_("Picture %(number)s: what it shows"), number),
                each.alt,
                LONGEST_ALT,
                picture=each,
            ),
            Field(
                f"{_CAPTION}{each.key}",
                Numbered(_("Picture %(number)s: the line below it"), number),
                each.caption,
                LONGEST_CAPTION,
            ),
        )
    )


def _describe(db: Session, kind: ItemKind, item_id: int, texts: Mapping[str, Translated]) -> None:
    keys = dict.fromkeys(name.partition("_")[2] for name in texts)
    for key in keys:
        image = image_of(db, kind, item_id, key)
        alt, caption = f"{_ALT}{key}", f"{_CAPTION}{key}"
        images.describe(image, texts.get(alt, image.alt), texts.get(caption, image.caption))
    db.flush()
