"""An event in one language, and the form that puts it into another."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.domain.events.models import Event
from portal.domain.publishing.translation_progress.models import TranslationProgress
from portal.domain.registrations.event_changes import change_event
from portal.i18n.translated import Translated
from tests.factories import (
    make_details,
)
from tests.pages import page_of, value_of

STORY = "Бірінші абзац.\n\nЕкінші абзац.\n\nҮшінші абзац."
TITLE = Translated.of("kk", kk="Домбыра кеші")


def event_of(database):
    with database.reading() as db:
        return db.scalars(select(Event).options(joinedload(Event.seats))).one()


def fields(shown, **changes):
    """What the form would send; changes are named by place, dots written as two underscores."""
    names = page_of(shown).xpath("//main//form[@data-paragraphs]//*[@name]/@name")
    sent = {name: value_of(shown, name) or "" for name in names}
    return sent | {name.replace("__", "."): value for name, value in changes.items()}


def edit_original(database, text):
    with database.writing() as db:
        event = db.scalars(select(Event)).one()
        db.refresh(event, ["tags", "languages", "join_links"])
        details = make_details(
            title=event.title,
            description=event.description.revised("kk", event.description.texts() | {"kk": text}),
        )
        change_event(db, event, details, event.revision, event.changed_at)


def ledger(database, language="ru", kind="event"):
    """How much of the one item of this kind is translated, out of date and missing."""
    with database.reading() as db:
        entry = db.scalars(
            select(TranslationProgress).where(
                TranslationProgress.item_kind == kind, TranslationProgress.language == language
            )
        ).one()
        return entry.translated, entry.outdated, entry.missing


def link_of(browser, page):
    made = browser.post(f"{page}/links")
    assert made.status_code == 200
    (address,) = page_of(made).xpath("//code[@class='address']/text()")
    return address.removeprefix("https://testserver")
