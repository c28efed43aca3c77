"""Pages that administrators have written anew; the others are as the portal brings them."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.engine import Base
from portal.i18n.translated import Translated


class SitePage(Base):
    """One page in the administrators' own words."""

    __tablename__ = "site_pages"

    id: Mapped[int] = mapped_column(primary_key=True)
    # site_pages.rules.PageName
    slug: Mapped[str] = mapped_column(String(20), unique=True)
    title: Mapped[Translated]
    body: Mapped[Translated]
    # Language to sanitised HTML, derived from `body` when it is saved (portal.content.markdown).
    body_html: Mapped[dict[str, Any]]
    # Rises with every save; tells an editor that somebody else was faster.
    revision: Mapped[int]
    changed_at: Mapped[datetime]
