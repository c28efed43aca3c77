"""Translating the portal's own pages, for its administrators; those never saved come complete."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.domain.accounts.people.models import Person
from portal.domain.site_pages import rules
from portal.domain.site_pages.actions import save
from portal.domain.site_pages.models import SitePage
from portal.domain.translation.items import Field, MatrixRow, Translatable, TranslatableItem, hold
from portal.i18n.locale import gettext_lazy as _
from portal.i18n.translated import Translated


def _managed(db: Session, person: Person, slug: str) -> SitePage:
    if not person.is_administrator:
        raise NotFoundError
    return _named(db, person, slug)


def _named(db: Session, _visitor: Person | None, slug: str) -> SitePage:
    page = db.scalar(select(SitePage).where(SitePage.slug == slug))
    if page is None:
        raise NotFoundError
    return page


def _open(db: Session, page_id: int) -> TranslatableItem:
    page = db.get_one(SitePage, page_id)
    fields = (
        Field("title", _("Title"), page.title, rules.LONGEST_TITLE),
        Field("body", _("Text"), page.body, rules.LONGEST_BODY, one_line=False),
    )
    return TranslatableItem(ItemKind.PAGE, page.id, page.slug, page.title, fields)


def _write(db: Session, page_id: int, texts: Mapping[str, Translated], now: datetime) -> None:
    page = db.get_one(SitePage, page_id)
    words = rules.Words(texts.get("title", page.title), texts.get("body", page.body))
    save(db, rules.PageName(page.slug), words, page.revision, now)


def _rows(db: Session, organization_id: int | None, now: datetime) -> Sequence[MatrixRow]:  # noqa: ARG001
    if organization_id is not None:
        return ()
    found = db.execute(select(SitePage.id, SitePage.slug, SitePage.title).order_by(SitePage.id))
    return [MatrixRow(ItemKind.PAGE, number, slug, title) for number, slug, title in found]


PAGES = Translatable(ItemKind.PAGE, SitePage, _managed, _named, hold, _open, _write, _rows)
