"""Translating passage by passage, and nothing else of an item."""

import pytest
from sqlalchemy import select

from portal.domain.emails.models import Letter
from portal.i18n.translated import State
from tests.pages import page_of, paragraphs_of, value_of, words
from tests.translation.translation_forms import STORY, edit_original, event_of, fields, ledger


def test_the_page_has_every_paragraph_of_the_original_and_no_other_field(translator):
    browser, page = translator
    shown = browser.get(page)
    assert {name for name in fields(shown) if name.startswith("passage.")} == {
        "passage.title.0",
        "passage.summary.0",
        *(f"passage.description.{place}" for place in range(3)),
    }
    assert "Екінші абзац." in words(shown)
    assert "secret-room" not in shown.text


def test_passages_are_saved_and_read_where_they_belong(translator, database, client):
    browser, page = translator
    form = fields(browser.get(page), passage__description__1="Второй абзац.")
    assert browser.post(page, data=form).status_code == 303
    saved = event_of(database)
    assert list(saved.description.states("ru")) == [
        State.MISSING,
        State.TRANSLATED,
        State.MISSING,
    ]
    assert ledger(database) == (1, 0, 4)
    shown = client.get(f"/ru/events/{saved.slug}")
    assert paragraphs_of(shown, "//div[@class='prose mt']") == [
        ("Бірінші абзац.", "kk"),
        ("Второй абзац.", None),
        ("Үшінші абзац.", "kk"),
    ]
    with database.reading() as db:
        assert "changed" not in set(db.scalars(select(Letter.kind)))


def test_changing_one_paragraph_puts_exactly_its_translation_out_of_date(translator, database):
    browser, page = translator
    russian = {f"passage__description__{n}": f"Абзац {n}." for n in range(3)}
    browser.post(page, data=fields(browser.get(page), **russian))
    edit_original(database, STORY.replace("Екінші", "Жаңа екінші"))
    assert list(event_of(database).description.states("ru")) == [
        State.TRANSLATED,
        State.OUT_OF_DATE,
        State.TRANSLATED,
    ]
    shown = browser.get(page)
    assert "What has changed in the original" in words(shown)
    assert page_of(shown).xpath("//ins")
    # Saving the page as it stands says nothing about what has not been looked at.
    browser.post(page, data=fields(shown))
    assert event_of(database).description.state("ru") is State.OUT_OF_DATE
    browser.post(page, data=fields(browser.get(page)) | {"right.description.1": "yes"})
    assert event_of(database).description.state("ru") is State.TRANSLATED


def test_a_translation_of_what_changed_meanwhile_is_kept_and_out_of_date(translator, database):
    browser, page = translator
    form = fields(browser.get(page), passage__description__1="Второй.")
    edit_original(database, STORY.replace("Екінші", "Жаңа екінші"))
    assert browser.post(page, data=form).status_code == 303
    saved = event_of(database).description
    assert saved.passages("ru")[1].text == "Второй."
    assert saved.states("ru")[1] is State.OUT_OF_DATE


def test_a_translation_of_a_paragraph_that_is_gone_is_given_back(translator, database):
    browser, page = translator
    form = fields(
        browser.get(page), passage__description__1="Второй.", passage__description__2="Третий."
    )
    edit_original(database, "Бірінші абзац.\n\nҮшінші абзац.")
    answer = browser.post(page, data=form)
    assert answer.status_code == 200
    assert "Второй." in words(answer)
    assert [each.text for each in event_of(database).description.passages("ru")] == ["", "Третий."]


def test_what_somebody_else_wrote_meanwhile_is_shown_and_not_overwritten(translator, database):
    browser, page = translator
    opened = browser.get(page)
    first = fields(opened, passage__description__0="Первый.", passage__title__0="Вечер")
    second = fields(opened, passage__description__0="Начало.", passage__description__2="Конец.")
    assert browser.post(page, data=first).status_code == 303
    answer = browser.post(page, data=second)
    assert answer.status_code == 422
    assert value_of(answer, "passage.description.0") == "Начало."
    assert "Первый." in words(answer)
    assert event_of(database).description.passages("ru")[0].text == "Первый."
    # Whoever has seen it may decide; what the other one wrote elsewhere stays.
    assert browser.post(page, data=fields(answer)).status_code == 303
    saved = event_of(database)
    assert [each.text for each in saved.description.passages("ru")] == ["Начало.", "", "Конец."]
    assert saved.title.texts()["ru"] == "Вечер"


def test_a_script_saves_step_by_step_and_is_told_what_the_next_save_goes_by(translator, database):
    browser, page = translator
    form = fields(browser.get(page), passage__title__0="Вечер домбры") | {"step": "yes"}
    answer = browser.post(page, data=form)
    assert answer.status_code == 200
    told = answer.json()["before"]
    assert told["title.0"] != form["before.title.0"]
    form |= {f"before.{place}": each for place, each in told.items()}
    answer = browser.post(page, data=form | {"passage.title.0": "Вечер музыки"})
    assert answer.status_code == 200
    assert event_of(database).title.texts()["ru"] == "Вечер музыки"


def test_steps_leave_alone_what_others_save_between_them(translator, database):
    browser, page = translator
    mine = fields(browser.get(page), passage__description__1="Второй.") | {"step": "yes"}
    theirs = fields(browser.get(page), passage__description__0="Первый.")
    assert browser.post(page, data=theirs).status_code == 303
    told = browser.post(page, data=mine).json()
    assert told["before"].keys() == {"description.1"}
    assert (told["progress"], told["progress_said"]) == (40, "40 % has a translation")
    mine |= {f"before.{place}": each for place, each in told["before"].items()}
    assert browser.post(page, data=mine | {"passage.title.0": "Вечер"}).status_code == 200
    saved = event_of(database).description
    assert [each.text for each in saved.passages("ru")] == ["Первый.", "Второй.", ""]


def test_a_long_text_can_be_saved_as_well(translator, database):
    browser, page = translator
    edit_original(database, "\n\n".join(f"{number}-абзац." for number in range(260)))
    form = fields(browser.get(page), passage__description__259="Последний.")
    assert browser.post(page, data=form).status_code == 303
    assert event_of(database).description.passages("ru")[259].text == "Последний."


def test_other_fields_are_not_read_whoever_adds_them(translator, database):
    browser, page = translator
    before = event_of(database)
    form = fields(browser.get(page), passage__title__0="Вечер") | {
        "starts": "2030-01-01T10:00",
        "passage.title.1": "мимо",
        "seen.title.1": "0",
        "passage.slug.0": "x",
        "seen.slug.0": "x",
        "capacity": "1",
    }
    assert browser.post(page, data=form).status_code in {200, 303}
    after = event_of(database)
    assert after.title.texts() == {"kk": "Домбыра кеші", "ru": "Вечер"}
    for part in ("starts_at", "venue", "capacity", "status", "time_zone", "slug"):
        assert getattr(after, part) == getattr(before, part), part


@pytest.mark.parametrize("text", ["a\u202eb", "a\x07b", "я" * 141])
def test_a_text_that_no_title_may_be_is_refused_beside_its_field(translator, database, text):
    browser, page = translator
    form = fields(browser.get(page), passage__title__0=text, passage__summary__0="Одна строка.")
    answer = browser.post(page, data=form)
    assert answer.status_code == 422
    assert value_of(answer, "passage.summary.0") == "Одна строка."
    assert page_of(answer).xpath("//*[@id='passage.title.0-error']")
    assert "ru" not in event_of(database).title.versions


def test_a_translator_sees_drafts_and_no_people(translator, browser_of):
    browser, page = translator
    assert page.removesuffix("ru") in browser.get("/en/organizing").text
    assert "Zhanbolat" not in browser.get(page).text


def test_only_other_languages_of_known_kinds_have_a_page(translator):
    browser, page = translator
    for wrong in ("/kk", "/de", "/xx", "/kk-Arab"):
        assert browser.get(page.replace("/ru", wrong)).status_code == 404, wrong
    for wrong in ("person", "page", "story", "letters"):
        assert browser.get(page.replace("/event/", f"/{wrong}/")).status_code == 404, wrong


def test_an_organisation_is_translated_by_the_same_way(translator, database, client):
    browser, page = translator
    page = "/en/organizing/translations/organization/ours/ru"
    form = fields(browser.get(page), passage__description__0="Культурное объединение.")
    assert browser.post(page, data=form).status_code == 303
    assert "Культурное объединение." in words(client.get("/ru/organizations/ours"))
