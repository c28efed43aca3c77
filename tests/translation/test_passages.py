"""An item is translated passage by passage, by its people or by whoever has a link."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.core.item_kinds import ItemKind
from portal.domain.emails.models import Email
from portal.domain.organizations.queries import organization_named
from portal.domain.privacy.retention_rules import RetentionSubject
from portal.domain.publishing.translation_progress.models import TranslationLink
from portal.i18n.translated import State
from portal.worker.retention import CHORES
from tests.factories import make_image, make_initiative, make_story
from tests.pages import page_of, paragraphs_of, value_of, words
from tests.translation.translation_forms import (
    STORY,
    edit_original,
    event_of,
    fields,
    ledger,
    link_of,
)


def test_the_page_has_every_paragraph_of_the_original_and_no_other_field(translator):
    browser, page = translator
    shown = browser.get(page)
    assert {name for name in fields(shown) if name.startswith("paragraph.")} == {
        "paragraph.title.0",
        "paragraph.summary.0",
        *(f"paragraph.description.{place}" for place in range(3)),
    }
    assert "Екінші абзац." in words(shown)
    assert "secret-room" not in shown.text


def test_passages_are_saved_and_read_where_they_belong(translator, database, client):
    browser, page = translator
    form = fields(browser.get(page), paragraph__description__1="Второй абзац.")
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
        assert "changed" not in set(db.scalars(select(Email.kind)))


def test_changing_one_paragraph_puts_exactly_its_translation_out_of_date(translator, database):
    browser, page = translator
    russian = {f"paragraph__description__{n}": f"Абзац {n}." for n in range(3)}
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
    form = fields(browser.get(page), paragraph__description__1="Второй.")
    edit_original(database, STORY.replace("Екінші", "Жаңа екінші"))
    assert browser.post(page, data=form).status_code == 303
    saved = event_of(database).description
    assert saved.translated_paragraphs("ru")[1].text == "Второй."
    assert saved.states("ru")[1] is State.OUT_OF_DATE


def test_a_translation_of_a_paragraph_that_is_gone_is_given_back(translator, database):
    browser, page = translator
    form = fields(
        browser.get(page), paragraph__description__1="Второй.", paragraph__description__2="Третий."
    )
    edit_original(database, "Бірінші абзац.\n\nҮшінші абзац.")
    answer = browser.post(page, data=form)
    assert answer.status_code == 200
    assert "Второй." in words(answer)
    assert [each.text for each in event_of(database).description.translated_paragraphs("ru")] == [
        "",
        "Третий.",
    ]


def test_what_somebody_else_wrote_meanwhile_is_shown_and_not_overwritten(translator, database):
    browser, page = translator
    opened = browser.get(page)
    first = fields(opened, paragraph__description__0="Первый.", paragraph__title__0="Вечер")
    second = fields(opened, paragraph__description__0="Начало.", paragraph__description__2="Конец.")
    assert browser.post(page, data=first).status_code == 303
    answer = browser.post(page, data=second)
    assert answer.status_code == 422
    assert value_of(answer, "paragraph.description.0") == "Начало."
    assert "Первый." in words(answer)
    assert event_of(database).description.translated_paragraphs("ru")[0].text == "Первый."
    # Whoever has seen it may decide; what the other one wrote elsewhere stays.
    assert browser.post(page, data=fields(answer)).status_code == 303
    saved = event_of(database)
    assert [each.text for each in saved.description.translated_paragraphs("ru")] == [
        "Начало.",
        "",
        "Конец.",
    ]
    assert saved.title.texts()["ru"] == "Вечер"


def test_a_script_saves_step_by_step_and_is_told_what_the_next_save_goes_by(translator, database):
    browser, page = translator
    form = fields(browser.get(page), paragraph__title__0="Вечер домбры") | {"step": "yes"}
    answer = browser.post(page, data=form)
    assert answer.status_code == 200
    told = answer.json()["before"]
    assert told["title.0"] != form["before.title.0"]
    form |= {f"before.{place}": each for place, each in told.items()}
    answer = browser.post(page, data=form | {"paragraph.title.0": "Вечер музыки"})
    assert answer.status_code == 200
    assert event_of(database).title.texts()["ru"] == "Вечер музыки"


def test_steps_leave_alone_what_others_save_between_them(translator, database):
    browser, page = translator
    mine = fields(browser.get(page), paragraph__description__1="Второй.") | {"step": "yes"}
    theirs = fields(browser.get(page), paragraph__description__0="Первый.")
    assert browser.post(page, data=theirs).status_code == 303
    told = browser.post(page, data=mine).json()
    assert told["before"].keys() == {"description.1"}
    assert (told["progress"], told["progress_text"]) == (40, "40 % has a translation")
    mine |= {f"before.{place}": each for place, each in told["before"].items()}
    assert browser.post(page, data=mine | {"paragraph.title.0": "Вечер"}).status_code == 200
    saved = event_of(database).description
    assert [each.text for each in saved.translated_paragraphs("ru")] == ["Первый.", "Второй.", ""]


def test_a_long_text_can_be_saved_as_well(translator, database):
    browser, page = translator
    edit_original(database, "\n\n".join(f"{number}-абзац." for number in range(260)))
    form = fields(browser.get(page), paragraph__description__259="Последний.")
    assert browser.post(page, data=form).status_code == 303
    assert event_of(database).description.translated_paragraphs("ru")[259].text == "Последний."


def test_other_fields_are_not_read_whoever_adds_them(translator, database):
    browser, page = translator
    before = event_of(database)
    form = fields(browser.get(page), paragraph__title__0="Вечер") | {
        "starts": "2030-01-01T10:00",
        "paragraph.title.1": "мимо",
        "seen.title.1": "0",
        "paragraph.slug.0": "x",
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
    form = fields(browser.get(page), paragraph__title__0=text, paragraph__summary__0="Одна строка.")
    answer = browser.post(page, data=form)
    assert answer.status_code == 422
    assert value_of(answer, "paragraph.summary.0") == "Одна строка."
    assert page_of(answer).xpath("//*[@id='paragraph.title.0-error']")
    assert "ru" not in event_of(database).title.versions


def test_a_translator_sees_drafts_and_no_people(translator, browser_of):
    browser, page = translator
    assert page.removesuffix("ru") in browser.get("/en/manage").text
    assert "Zhanbolat" not in browser.get(page).text


def test_only_other_languages_of_known_kinds_have_a_page(translator):
    browser, page = translator
    for wrong in ("/kk", "/de", "/xx", "/kk-Arab"):
        assert browser.get(page.replace("/ru", wrong)).status_code == 404, wrong
    for wrong in ("person", "page", "story", "letters"):
        assert browser.get(page.replace("/event/", f"/{wrong}/")).status_code == 404, wrong


def test_an_organisation_is_translated_by_the_same_way(translator, database, client):
    browser, page = translator
    page = "/en/manage/translations/organization/ours/ru"
    form = fields(browser.get(page), paragraph__description__0="Культурное объединение.")
    assert browser.post(page, data=form).status_code == 303
    assert "Культурное объединение." in words(client.get("/ru/organizations/ours"))


def test_a_link_translates_one_text_into_one_language_without_an_account(
    translator, database, client
):
    browser, page = translator
    address = link_of(browser, page)
    shown = client.get(address)
    assert shown.status_code == 200
    assert "Zhanbolat" not in shown.text
    assert "/manage/" not in shown.text
    form = fields(shown, paragraph__description__0="Первый.")
    assert client.post(address, data=form).status_code == 303
    assert event_of(database).description.translated_paragraphs("ru")[0].text == "Первый."
    slug = page.split("/")[-2]
    for other in (page, page.replace("/ru", "/en"), f"/en/manage/events/{slug}"):
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
        CHORES[RetentionSubject.TRANSLATION_LINKS](database, moment)
        with database.reading() as db:
            assert len(db.scalars(select(TranslationLink)).all()) == left


def test_a_foreign_translation_cannot_withdraw_a_link(translator, database, client):
    browser, page = translator
    address = link_of(browser, page)
    with database.reading() as db:
        key = db.scalars(select(TranslationLink.public_id)).one()
    browser.post(f"{page.replace('/ru', '/en')}/links/{key}/withdrawal")
    assert client.get(address).status_code == 200


# Of the page of a translation, a picture and the page of pictures.
DOORS = {
    "initiative": {
        "editor": (200, 200, 200),
        "translator": (200, 200, 403),
        "door": (403, 404, 403),
        "stranger": (404, 404, 404),
    },
    "story": {
        "editor": (200, 200, 200),
        "translator": (200, 404, 404),
        "door": (403, 404, 404),
        "stranger": (404, 404, 404),
    },
}
DESKS = {"initiative": "/en/manage/initiatives", "story": "/en/writing/stories"}


@pytest.mark.parametrize("kind", DOORS)
def test_a_drafts_pictures_and_translations_are_open_to_its_writers_and_translators_alone(
    app, browser_of, client, database, people, kind
):
    with database.writing() as db:
        ours = organization_named(db, "ours")
        if kind == "story":
            item = make_story(db, ours, people["editor"], published=False)
        else:
            item = make_initiative(db, ours, published=False)
        slug, storage = item.slug, app.state.site.storage
        key = make_image(db, item, kind=ItemKind(kind), storage=storage).key
    picture, pictures = f"/images/{key}/480.webp", f"/en/manage/images/{kind}/{slug}"
    translation = f"/en/manage/translations/{kind}/{slug}/ru"
    answers = {
        name: tuple(browser_of(person).get(page).status_code for page in pages)
        for pages in [(translation, picture, pictures)]
        for name, person in people.items()
    }
    assert answers == DOORS[kind]
    assert client.get(picture).status_code == 404
    desk, editing = f"{DESKS[kind]}/{slug}", browser_of(people["editor"])
    crumbs = page_of(editing.get(pictures)).xpath("//nav[@class='crumbs wrap']//a/@href")
    assert crumbs[-1] == desk
    for page in (desk, f"{desk}/edit"):
        assert pictures in page_of(editing.get(page)).xpath("//main//a/@href")
    matrix = browser_of(people["translator"]).get("/en/manage/ours/translations")
    assert translation in matrix.text
