"""What is wanted in which language."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from portal.core import clock
from portal.domain.events.models import Event
from portal.domain.organizations.queries import organization_named
from portal.domain.translation.events import EVENTS, MAX_ROWS
from portal.i18n.translated import Translated
from tests.factories import (
    make_event,
    make_host,
    make_initiative,
    make_organization,
)
from tests.pages import page_of, words

pytestmark = pytest.mark.both_engines


def test_the_matrix_and_its_queue_tell_what_is_wanted(translator, database):
    browser, page = translator
    shown = browser.get("/en/manage/ours/translations")
    assert shown.status_code == 200
    assert "not translated yet" in words(shown)
    assert page in page_of(shown).xpath("//td/a/@href")
    first = page_of(shown).xpath("//main//ul[@class='stack']/li//a/@href")[0]
    assert "/manage/translations/" in first


def test_the_matrix_is_narrowed_by_links_and_comes_in_pages(translator, database, monkeypatch):
    browser, _page = translator
    with database.writing() as db:
        ours = organization_named(db, "ours")
        complete = {name: Translated.of("kk") for name in ("people", "partners", "description")}
        title = Translated.of("kk", kk="Ана тілі", ru="Родной язык")
        purpose = Translated.of("kk", kk="Үйде", ru="Дома")
        make_initiative(db, ours, title=title, purpose=purpose, **complete)
    index = "/en/manage/ours/translations"

    def found(query):
        shown = page_of(browser.get(f"{index}?{query}"))
        rows = shown.xpath("//table//tbody/tr")
        heads = shown.xpath("//table//thead//th/text()")[1:]
        return [row.xpath("string(th/span[2])") for row in rows], heads

    everything = ["Қазақша", "Русский", "English"]
    assert found("kind=initiative") == (["Initiative"], everything)
    assert found("kind=initiative&target=ru&state=translated") == (["Initiative"], ["Русский"])
    assert found("kind=initiative&target=ru&state=missing") == ([], [])
    assert found("kind=initiative&target=kk&state=translated") == ([], [])
    kinds, heads = found("state=missing&target=ru")
    assert "Initiative" not in kinds
    assert heads == ["Русский"]
    narrowed = page_of(browser.get(f"{index}?target=en&kind=initiative"))
    wanted = narrowed.xpath("//main//ul[@class='stack']/li//a/@href")
    assert len(wanted) == 1
    assert wanted[0].endswith("/en")
    chosen = narrowed.xpath("//nav[@aria-label='Filter translations']//a[@aria-current]/text()")
    assert chosen == ["Initiative", "English", "All"]
    for stray in ("kind=page", "kind=nothing", "target=de", "state=original", "state=x", "page=2"):
        assert browser.get(f"{index}?{stray}").status_code == 404
    monkeypatch.setattr("portal.web.translation.overview.PAGE_SIZE", 1)
    first = page_of(browser.get(f"{index}?target=ru"))
    assert len(first.xpath("//table//tbody/tr")) == 1
    (onward,) = first.xpath("//main//a[@rel='next']/@href")
    assert "target=ru" in onward
    assert page_of(browser.get(onward)).xpath("//table//tbody/tr")


def test_the_latest_events_are_listed(database):
    """More than a table can hold: what starts first is left out, whoever founded it."""
    with database.writing() as db:
        ours, theirs = make_organization(db), make_organization(db)
        first = make_event(db, ours, starts_at=clock.now() + timedelta(hours=1))
        joined = make_event(db, theirs, starts_at=clock.now() + timedelta(hours=2))
        make_host(db, joined, ours)
        later = make_event(db, ours, starts_at=clock.now() + timedelta(hours=3))
        row = dict(db.execute(select(Event.__table__).where(Event.id == later.id)).mappings().one())
        del row["id"]
        names = [{"slug": f"e-{number}", "uid": f"u-{number}"} for number in range(MAX_ROWS - 2)]
        db.execute(insert(Event.__table__), [row | name for name in names])
        ids = [joined.id, first.id]
        listed = [row.id for row in EVENTS.rows(db, ours.id, clock.now())]
    assert len(set(listed)) == MAX_ROWS
    assert listed[-1] == ids[0]
    assert ids[1] not in listed
