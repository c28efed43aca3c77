"""Reading pages: the administrators' words where there are any, else those of `texts`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.content.markdown import html_of
from portal.db.rows import columns_of, reader
from portal.domain.site_pages.models import SitePage
from portal.domain.site_pages.rules import PageName
from portal.i18n.locale import LANGUAGES
from portal.i18n.translated import Translated

TEXTS: Final = Path(__file__).parent / "texts"


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is shown; never saved where it has no `id`."""

    id: int | None
    title: Translated
    body: Translated
    body_html: Mapping[str, str]
    revision: int
    changed_at: datetime | None


_PAGE = select(*columns_of(Page, SitePage.__table__)).where(
    SitePage.__table__.c.slug == bindparam("name")
)
_page_from = reader(Page)


def page_named(db: Session, name: PageName) -> Page:
    """Return one page; there always is one."""
    row = db.execute(_PAGE, {"name": name.value}).one_or_none()
    return _page_from(row) if row else brought_along(name)


@lru_cache(maxsize=len(PageName))
def brought_along(name: PageName) -> Page:
    """Return the page as the portal comes with it: a heading line, then Markdown."""
    titles, bodies = {}, {}
    for language in LANGUAGES:
        text = (TEXTS / f"{name.value}.{language}.md").read_text(encoding="utf-8")
        first, _line_end, rest = text.partition("\n")
        titles[language], bodies[language] = first.removeprefix("# ").strip(), rest.strip()
    body = Translated.of("kk", **bodies)
    return Page(None, Translated.of("kk", **titles), body, html_of(body), 0, None)
