"""Gives the demo's events their covers, through the same door as everybody's pictures."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from portal.demo.pictures import draw
from portal.domain.media import actions as media
from portal.items import ItemKind
from portal.translated import Translated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.domain.events.models import Event
    from portal.storage import Storage


def add_cover(
    db: Session, storage: Storage, event: Event, row: Mapping[str, Any], now: datetime
) -> None:
    """Draws what a row of the programme names, and describes it in its words."""
    with TemporaryFile() as file:
        file.write(draw(row["motif"], row["seed"]))
        kept = media.keep(storage, file)
    image = media.add(db, ItemKind.EVENT, event.id, kept, None, now)
    original = event.title.original
    media.describe(
        image,
        Translated.of(original, **row["alt"]),
        Translated.of(original, **row.get("caption", {})),
    )
    media.choose_cover(db, ItemKind.EVENT, event.id, image.key)
