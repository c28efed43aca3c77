"""Revisions of whatever the portal publishes: what was said when, and never by whom."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, false
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.engine import Base


class Revision(Base):
    """An item's words from one moment on; `facts`, by name: texts by language, or words."""

    __tablename__ = "revisions"

    item_kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    item_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    recorded_at: Mapped[datetime]
    # What was said while only the item's own people could read it stays theirs.
    is_public: Mapped[bool]
    # Whoever wrote it has said that the translations are still right.
    is_small_fix: Mapped[bool] = mapped_column(default=False, server_default=false())
    facts: Mapped[dict[str, Any]]
