"""Texts of items as they are searched and shown in results."""

from sqlalchemy import BigInteger, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.engine import Base


class IndexedText(Base):
    """An item's text in one language, without Markdown; derived, and made anew by `reindex`.

    Items of every visibility are here: whoever reads joins the item's own table, so that only what
    everybody may see is found. Beside it stands the table of words, which each database has in its
    own way (FTS5 here, a tsvector there): `search_words`, with the same numbers.
    """

    __tablename__ = "search_texts"
    __table_args__ = (Index("ix_search_texts_item", "item_kind", "item_id"),)

    # Rises with the day an item is about (rules.place_of).
    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    item_kind: Mapped[str] = mapped_column(String(20))
    item_id: Mapped[int]
    language: Mapped[str] = mapped_column(String(12))
    # The words of the title as they are searched, each between spaces.
    title_words: Mapped[str] = mapped_column(Text)
    # Names the words; an unchanged text is not written again.
    digest: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
