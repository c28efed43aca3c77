"""Pictures of the demo's items, from the files of programme/pictures."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.domain.publishing.images import actions as images
from portal.domain.publishing.images.actions import StoredImage
from portal.i18n.translated import Translated
from portal.media.storage import Storage

PICTURES: Final = Path(__file__).parent / "programme" / "pictures"
# Kinds of items by the words that rows of the programme name them with.
_KINDS: Final = {each.value: each for each in (ItemKind.EVENT, ItemKind.STORY, ItemKind.INITIATIVE)}


class Gallery:
    """The demo's pictures by their item, re-encoded in threads while the rest is written."""

    def __init__(self, storage: Storage, rows: Sequence[Mapping[str, Any]]) -> None:
        self._storage = storage
        self._pool = ThreadPoolExecutor(thread_name_prefix="pictures")
        self._rows: dict[tuple[str, str], list[tuple[Mapping[str, Any], Future[StoredImage]]]] = {}
        for row in rows:
            kind = next(kind for kind in _KINDS if kind in row)
            known = self._rows.setdefault((kind, row[kind]), [])
            known.append((row, self._pool.submit(self._store, row["file"])))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def _store(self, name: str) -> StoredImage:
        with (PICTURES / name).open("rb") as file:
            return images.store_image(self._storage, file)

    def of(self, kind: ItemKind, key: str) -> list[tuple[Mapping[str, Any], StoredImage]]:
        """Return an item's pictures with their rows; waits until their files are written."""
        return [(row, stored.result()) for row, stored in self._rows.get((kind.value, key), ())]

    def hang(
        self,
        db: Session,
        kind: ItemKind,
        item_id: int,
        key: str,
        original: str,
        now: datetime,
    ) -> None:
        """Give an item its pictures with alt texts; one without `after` becomes its cover."""
        for row, stored in self.of(kind, key):
            image = images.add(db, kind, item_id, stored, None, now)
            images.describe(
                image,
                Translated.of(original, **row["alt"]),
                Translated.of(original, **row.get("caption", {})),
            )
            if "after" not in row:
                images.choose_cover(db, kind, item_id, image.key)
