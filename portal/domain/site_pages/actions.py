"""Writing a page anew."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.content.markdown import html_of
from portal.core.item_kinds import ItemKind
from portal.domain.publishing.revisions import actions as history
from portal.domain.publishing.translation_progress import actions as translation_progress
from portal.domain.site_pages import rules
from portal.domain.site_pages.models import SitePage
from portal.domain.site_pages.queries import brought_along
from portal.domain.site_pages.rules import PageName, Words


def save(
    db: Session,
    name: PageName,
    words: Words,
    revision: int,
    now: datetime,
) -> None:
    """Write a page; `revision` is the one its editor has seen, 0 of a page never saved.

    Everybody can read back what it said before, the words the portal came with among them, and
    that a small fix has left the translations right.
    """
    rules.check(name, words.title, words.body)
    page = _locked(db, name, now)
    if page.revision != revision:
        raise rules.PageChangedMeanwhileError
    page.title, page.body, page.body_html = words.title, words.body, html_of(words.body)
    page.revision += 1
    page.changed_at = now
    db.flush()
    _record_revision(db, page, now, is_small_fix=words.is_small_fix)


def _locked(db: Session, name: PageName, now: datetime) -> SitePage:
    """Lock and return the page's row; made of the portal's own words if there is none."""
    page = db.scalars(
        select(SitePage).where(SitePage.slug == name.value).with_for_update()
    ).one_or_none()
    if page is not None:
        return page
    given = brought_along(name)
    page = SitePage(
        slug=name.value,
        title=given.title,
        body=given.body,
        body_html=dict(given.body_html),
        revision=0,
        changed_at=now,
    )
    try:
        with db.begin_nested():
            db.add(page)
    except IntegrityError:  # somebody saved it first, in this very moment
        raise rules.PageChangedMeanwhileError from None
    _record_revision(db, page, now)
    return page


def _record_revision(
    db: Session, page: SitePage, now: datetime, *, is_small_fix: bool = False
) -> None:
    facts = {"title": page.title.texts(), "body": page.body.texts()}
    history.record(
        db, ItemKind.PAGE, page.id, facts, now, is_public=True, is_small_fix=is_small_fix
    )
    translation_progress.count_paragraphs(db, ItemKind.PAGE, page.id, (page.title, page.body))
    db.flush()
