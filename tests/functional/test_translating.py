"""Translating: passage by passage, by role or by a link, and nothing else of an item."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from portal import clock
from portal.domain.events.models import Event
from portal.domain.ledger.models import LedgerEntry, TranslationLink
from portal.domain.letters.models import Letter
from portal.domain.organizations.queries import organization_named
from portal.domain.registrations.consequences import change_event
from portal.domain.retention.rules import Kept
from portal.domain.translation.events import EVENTS, MOST_ROWS
from portal.mailer.forgetting import CHORES
from portal.translated import State, Translated
from tests.engines import ON_ONE_ENGINE
from tests.factories import (
    make_details,
    make_event,
    make_host,
    make_initiative,
    make_organization,
    make_person,
    sign_up_guest,
)
from tests.functional.pages import page_of, value_of, words

STORY = "Бірінші абзац.\n\nЕкінші абзац.\n\nҮшінші абзац."
TITLE = Translated.of("kk", kk="Домбыра кеші")


@pytest.fixture
def translator(database, browser_of):
    """A translator's browser, and the address of the page for Russian."""
    with database.writing() as db:
        person = make_person(db)
        organization = make_organization(db, "ours", owner=make_person(db), translator=person)
        description = Translated.of("kk", kk=STORY)
        event = make_event(db, organization, title=TITLE, description=description)
        sign_up_guest(db, event, name="Zhanbolat")
        slug = event.slug
    return browser_of(person), f"/en/organizing/translations/event/{slug}/ru"


def event_of(database):
    with database.reading() as db:
        return db.scalars(select(Event)).one()


def fields(shown, **changes):
    """What the form would send; changes are named by place, dots written as two underscores."""
    names = page_of(shown).xpath("//main//form[@data-passages]//*[@name]/@name")
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


def ledger(database, language="ru"):
    with database.reading() as db:
        event = db.scalars(select(Event)).one()
        entry = db.get_one(LedgerEntry, ("event", event.id, language))
        return entry.translated, entry.outdated, entry.missing


def link_of(browser, page):
    made = browser.post(f"{page}/links")
    assert made.status_code == 200
    (address,) = page_of(made).xpath("//code[@class='address']/text()")
    return address.removeprefix("https://testserver")


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
    shown = page_of(client.get(f"/ru/events/{saved.slug}"))
    paragraphs = [
        (each.text_content(), each.get("lang"))
        for each in shown.xpath("//div[@class='prose mt']/p")
    ]
    assert paragraphs == [
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


@ON_ONE_ENGINE
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
    slug = page.split("/")[-2]
    for other in ("", "/edit", "/participants", "/participants.csv", "/results", "/door"):
        ask = browser.post if other == "/participants.csv" else browser.get
        shown = ask(f"/en/organizing/events/{slug}{other}")
        assert shown.status_code == 403, other
        assert "Zhanbolat" not in shown.text
    assert f"/translations/event/{slug}/" in browser.get("/en/organizing").text


def test_only_other_languages_of_known_kinds_have_a_page(translator):
    browser, page = translator
    for wrong in ("/kk", "/de", "/xx", "/kk-Arab"):
        assert browser.get(page.replace("/ru", wrong)).status_code == 404, wrong
    for wrong in ("person", "page", "story", "letters"):
        assert browser.get(page.replace("/event/", f"/{wrong}/")).status_code == 404, wrong


def test_a_link_translates_one_text_into_one_language_without_an_account(
    translator, database, client
):
    browser, page = translator
    address = link_of(browser, page)
    shown = client.get(address)
    assert shown.status_code == 200
    assert "Zhanbolat" not in shown.text
    assert "/organizing/" not in shown.text
    form = fields(shown, passage__description__0="Первый.")
    assert client.post(address, data=form).status_code == 303
    assert event_of(database).description.passages("ru")[0].text == "Первый."
    slug = page.split("/")[-2]
    for other in (page, page.replace("/ru", "/en"), f"/en/organizing/events/{slug}"):
        assert client.get(other).headers["location"].startswith("/en/sign-in")
    with database.reading() as db:
        assert address.rpartition("/")[2] not in str(
            db.scalars(select(TranslationLink)).one().digest
        )


def test_a_link_that_was_withdrawn_or_is_old_looks_like_none(translator, database, client):
    browser, page = translator
    nothing = client.get("/ru/translate/" + "x" * 43)
    assert nothing.status_code == 404
    withdrawn, old = link_of(browser, page), link_of(browser, page)
    (form, *_more) = page_of(browser.get(page)).xpath("//form[contains(@action, '/withdrawal')]")
    with database.reading() as db:
        ids = list(db.scalars(select(TranslationLink.public_id).order_by(TranslationLink.id)))
    assert browser.post(f"{page}/links/{ids[0]}/withdrawal").status_code == 303
    with database.writing() as db:
        link = db.scalars(select(TranslationLink).where(TranslationLink.public_id == ids[1])).one()
        db.execute(update(TranslationLink).values(expires_at=link.made_at + timedelta(seconds=0)))
    for address in (withdrawn, old):
        assert client.get(address).status_code == 404
        assert client.post(address, data={}).status_code == 404
    assert form is not None


def test_links_that_have_run_out_are_forgotten(translator, database):
    browser, page = translator
    link_of(browser, page)
    with database.writing() as db:
        expires_at = db.scalars(select(TranslationLink.expires_at)).one()
    for moment, left in ((expires_at - timedelta(seconds=1), 1), (expires_at, 0)):
        CHORES[Kept.TRANSLATION_LINKS](database, moment)
        with database.reading() as db:
            assert len(db.scalars(select(TranslationLink)).all()) == left


def test_a_foreign_translation_cannot_withdraw_a_link(translator, database, client):
    browser, page = translator
    address = link_of(browser, page)
    with database.reading() as db:
        key = db.scalars(select(TranslationLink.public_id)).one()
    browser.post(f"{page.replace('/ru', '/en')}/links/{key}/withdrawal")
    assert client.get(address).status_code == 200


def test_the_matrix_and_its_queue_tell_what_is_wanted(translator, database):
    browser, page = translator
    shown = browser.get("/en/organizing/ours/translations")
    assert shown.status_code == 200
    assert "not translated yet" in words(shown)
    assert page in page_of(shown).xpath("//td/a/@href")
    first = page_of(shown).xpath("//main//ul[@class='stack']/li//a/@href")[0]
    assert "/organizing/translations/" in first


def test_the_matrix_is_narrowed_by_links_and_comes_in_pages(translator, database, monkeypatch):
    browser, _page = translator
    with database.writing() as db:
        ours = organization_named(db, "ours")
        complete = {name: Translated.of("kk") for name in ("people", "partners", "description")}
        title = Translated.of("kk", kk="Ана тілі", ru="Родной язык")
        purpose = Translated.of("kk", kk="Үйде", ru="Дома")
        make_initiative(db, ours, title=title, purpose=purpose, **complete)
    index = "/en/organizing/ours/translations"

    def found(query):
        shown = page_of(browser.get(f"{index}?{query}"))
        rows = shown.xpath("//table//tbody/tr")
        heads = shown.xpath("//table//thead//th/text()")[1:]
        return [row.xpath("string(th/span[2])") for row in rows], heads

    everything = ["Қазақша", "Русский", "English"]
    assert found("kind=initiative") == (["Initiative"], everything)
    assert found("kind=initiative&tongue=ru&state=translated") == (["Initiative"], ["Русский"])
    assert found("kind=initiative&tongue=ru&state=missing") == ([], [])
    assert found("kind=initiative&tongue=kk&state=translated") == ([], [])
    kinds, heads = found("state=missing&tongue=ru")
    assert "Initiative" not in kinds
    assert heads == ["Русский"]
    narrowed = page_of(browser.get(f"{index}?tongue=en&kind=initiative"))
    wanted = narrowed.xpath("//main//ul[@class='stack']/li//a/@href")
    assert len(wanted) == 1
    assert wanted[0].endswith("/en")
    chosen = narrowed.xpath("//nav[@aria-label='Filter translations']//a[@aria-current]/text()")
    assert chosen == ["Initiative", "English", "All"]
    for stray in ("kind=page", "kind=nothing", "tongue=de", "state=original", "state=x", "page=2"):
        assert browser.get(f"{index}?{stray}").status_code == 404
    monkeypatch.setattr("portal.web.routes.translations.PAGE_SIZE", 1)
    first = page_of(browser.get(f"{index}?tongue=ru"))
    assert len(first.xpath("//table//tbody/tr")) == 1
    (onward,) = first.xpath("//main//a[@rel='next']/@href")
    assert "tongue=ru" in onward
    assert page_of(browser.get(onward)).xpath("//table//tbody/tr")


def test_an_organisation_is_translated_by_the_same_way(translator, database, client):
    browser, page = translator
    page = "/en/organizing/translations/organization/ours/ru"
    form = fields(browser.get(page), passage__description__0="Культурное объединение.")
    assert browser.post(page, data=form).status_code == 303
    assert "Культурное объединение." in words(client.get("/ru/organizations/ours"))


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
        names = [{"slug": f"e-{number}", "uid": f"u-{number}"} for number in range(MOST_ROWS - 2)]
        db.execute(insert(Event.__table__), [row | name for name in names])
        ids = [joined.id, first.id]
        listed = [row.id for row in EVENTS.rows(db, ours.id, clock.now())]
    assert len(set(listed)) == MOST_ROWS
    assert listed[-1] == ids[0]
    assert ids[1] not in listed
