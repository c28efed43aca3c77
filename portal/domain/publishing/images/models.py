"""Images of items, and those whose files are still to be deleted."""

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.columns import references
from portal.db.engine import Base
from portal.i18n.translated import Translated

_COVERS = text("is_cover")


class Image(Base):
    """A picture that belongs to one item. Its files stand in the storage, under its key."""

    __tablename__ = "images"
    __table_args__ = (
        Index("ix_images_of_item", "item_kind", "item_id", "position"),
        # The backstop of the promise that an item has one cover; pages are joined with it by this.
        Index(
            "ix_images_cover",
            *("item_kind", "item_id"),
            unique=True,
            sqlite_where=_COVERS,
            postgresql_where=_COVERS,
        ),
    )

    key: Mapped[str] = mapped_column(String(22), primary_key=True)
    item_kind: Mapped[str] = mapped_column(String(20))
    item_id: Mapped[int]
    position: Mapped[int]
    is_cover: Mapped[bool] = mapped_column(default=False)
    # Of the largest size there is, in pixels.
    width: Mapped[int]
    height: Mapped[int]
    # Empty while the words are still to come; such a picture is shown to its editors alone.
    alt: Mapped[Translated]
    caption: Mapped[Translated]
    person_id: Mapped[int | None] = references("people.id", ondelete="SET NULL", index=True)
    added_at: Mapped[datetime]


class ImageDeletion(Base):
    """An image that has been removed, until its files are deleted too."""

    __tablename__ = "image_deletions"

    key: Mapped[str] = mapped_column(String(22), primary_key=True)
