"""Translators: texts in other languages, and nothing else of an event."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.domain.events.models import Event
from portal.domain.letters.models import Letter
from tests.factories import make_event, make_organization, make_person, sign_up_guest
from tests.functional.pages import page_of, value_of, words


@pytest.fixture
def translator(database, browser_of):
    with database.writing() as db:
        person = make_person(db)
        organization = make_organization(db, "ours", owner=make_person(db), translator=person)
        event = make_event(db, organization)
        sign_up_guest(db, event, name="Zhanbolat")
        slug = event.slug
    return browser_of(person), f"/en/organizing/events/{slug}"


def event_of(database):
    with database.reading() as db:
        return db.scalars(select(Event)).one()


def fields(shown, **changes):
    page = page_of(shown)
    names = page.xpath("//main//form//*[@name]/@name")
    return {name: value_of(shown, name) or "" for name in names} | changes


def test_the_form_has_the_texts_of_other_languages_alone(translator):
    browser, event = translator
    shown = browser.get(f"{event}/translation")
    assert set(fields(shown)) == {
        "revision",
        *(f"{name}_{tag}" for name in ("title", "summary", "description") for tag in ("ru", "en")),
    }
    assert "Бір күй, бір әңгіме." in words(shown)
    assert "secret-room" not in shown.text


def test_a_translation_is_saved_and_shown_as_one(translator, database, client):
    browser, event = translator
    form = fields(browser.get(f"{event}/translation"), summary_en="One kui, one story.")
    assert browser.post(f"{event}/translation", data=form).status_code == 303
    saved = event_of(database)
    assert saved.summary.texts()["en"] == "One kui, one story."
    assert saved.summary.state("en").value == "translated"
    assert "One kui, one story." in words(client.get(f"/en/events/{saved.slug}"))
    with database.reading() as db:
        assert "changed" not in set(db.scalars(select(Letter.kind)))


def test_other_fields_are_not_read_whoever_adds_them(translator, database):
    browser, event = translator
    before = event_of(database)
    form = fields(
        browser.get(f"{event}/translation"),
        title_kk="Басқа атау",
        title_en="Another title",
        starts="2030-01-01T10:00",
        venue_en="Elsewhere",
        link_1="https://evil.example.org/",
        capacity="1",
        status="cancelled",
        original="en",
    )
    assert browser.post(f"{event}/translation", data=form).status_code == 303
    after = event_of(database)
    assert after.title.texts() == before.title.texts() | {"en": "Another title"}
    for part in ("starts_at", "venue", "capacity", "status", "time_zone"):
        assert getattr(after, part) == getattr(before, part), part
    assert after.title.original == "kk"


def test_the_slower_of_two_translators_is_told(translator, database):
    browser, event = translator
    form = fields(browser.get(f"{event}/translation"), title_en="First")
    assert browser.post(f"{event}/translation", data=form).status_code == 303
    answer = browser.post(f"{event}/translation", data=form | {"title_en": "Second"})
    assert answer.status_code == 422
    assert "Somebody else has saved" in words(answer)
    assert value_of(answer, "title_en") == "Second"
    assert event_of(database).title.texts()["en"] == "First"


def test_a_text_with_a_control_character_is_refused_beside_its_field(translator):
    browser, event = translator
    form = fields(browser.get(f"{event}/translation"), title_en="a\x00b")
    assert browser.post(f"{event}/translation", data=form).status_code == 422


def test_a_translator_sees_drafts_and_no_people(translator, database, browser_of):
    browser, event = translator
    for page in ("", "/edit", "/participants", "/participants.csv", "/results", "/door"):
        shown = browser.get(f"{event}{page}")
        assert shown.status_code == 403, page
        assert "Zhanbolat" not in shown.text
    assert f"{event}/translation" in browser.get("/en/organizing").text
