"""Sending pictures, and what has come of them."""

from portal.core.item_kinds import ItemKind
from portal.domain.publishing.images.queries import images_of
from tests import sample_images

WORDS = {"alt_kk": "Үш домбырашы", "alt_ru": "Три домбриста", "caption_kk": "Берлин, 2026"}


def send(browser, event, content=None, name="picture.jpg", **fields):
    content = sample_images.picture_file() if content is None else content
    return browser.post(
        f"/en/manage/images/event/{event.slug}",
        data=fields,
        files={"picture": (name, content, "image/jpeg")},
    )


def pictures(database, event):
    with database.reading() as db:
        return images_of(db, ItemKind.EVENT, event.id)


def files_of(settings):
    folder = settings.data_dir / "media"
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []
