"""Stories with what they share with other items: pictures, the ledger and translators."""

from functools import partial

import pytest
from sqlalchemy import select

from portal.core.item_kinds import ItemKind
from portal.domain.organizations.models import Organization
from portal.domain.publishing.images.models import Image, ImageDeletion
from portal.domain.publishing.translation_progress.models import (
    TranslationProgress,
)
from portal.domain.stories import actions
from portal.domain.stories.models import Story
from portal.i18n.translated import Translated
from tests.conftest import ADDRESS
from tests.factories import (
    make_image,
    make_own_story,
    make_person,
    make_story,
)
from tests.forms import story_fields
from tests.pages import linked_data_of, page_of, paragraphs_of, value_of, words
from tests.translation.translation_forms import fields, ledger

BODY = "Бірінші абзац.\n\nЕкінші абзац.\n\nҮшінші абзац."
WORDS = {
    "title": Translated.of("kk", kk="Көкпар Берлинде"),
    "summary": Translated.of("kk"),
    "body": Translated.of("kk", kk=BODY),
}


@pytest.fixture
def slug(database, people):
    """A published story in Kazakh alone."""
    return write(database, people)


def write(database, people, **changes):
    with database.writing() as db:
        ours = db.scalars(select(Organization).where(Organization.slug == "ours")).one()
        return make_story(db, ours, people["editor"], **(WORDS | changes)).slug


def story_of(database):
    with database.reading() as db:
        return db.scalars(select(Story)).one()


counted = partial(ledger, kind="story")


def translating(slug, target="ru"):
    return f"/en/manage/translations/story/{slug}/{target}"


RUSSIAN = {f"paragraph__body__{place}": f"Абзац {place}." for place in range(3)}


def test_a_paragraph_without_a_translation_is_marked_as_what_it_is(
    browser_of, client, database, people, slug
):
    browser = browser_of(people["translator"])
    form = fields(browser.get(translating(slug)), paragraph__body__1="Второй абзац.")
    assert browser.post(translating(slug), data=form).status_code == 303
    shown = client.get(f"/ru/stories/{slug}")
    assert paragraphs_of(shown, "//article/div[contains(@class, 'prose')]") == [
        ("Бірінші абзац.", "kk"),
        ("Второй абзац.", None),
        ("Үшінші абзац.", "kk"),
    ]


def test_translators_leave_a_version_to_bring_back_and_no_name(browser_of, database, people, slug):
    before = story_of(database)
    browser = browser_of(people["translator"])
    browser.post(translating(slug), data=fields(browser.get(translating(slug)), **RUSSIAN))
    after = story_of(database)
    assert (after.revision, after.editions) == (before.revision + 1, before.editions + 1)
    assert after.saved_by_id is None
    assert "Абзац 1." in after.body_html["ru"]


def test_a_members_story_is_translated_by_its_author_until_it_waits(browser_of, database, people):
    with database.writing() as db:
        author = make_person(db)
        slug = make_own_story(db, author, **WORDS).slug
        db.flush()
        db.expunge(author)
    page = translating(slug)
    writing = browser_of(author)
    form = fields(writing.get(page), **RUSSIAN)
    assert browser_of(people["translator"]).get(page).status_code == 404
    made = writing.post(f"{page}/links")
    (address,) = page_of(made).xpath("//code[@class='address']/text()")
    link = address.removeprefix(ADDRESS)
    writing.post(f"/en/writing/stories/{slug}/submission", data={"organization": "ours"})
    assert writing.post(page, data=form).status_code == 403
    refused = browser_of(people["stranger"]).post(link, data=form)
    assert refused.status_code == 422
    assert "За это время с историей что-то произошло." in words(refused)
    assert value_of(refused, "paragraph.body.1") == "Абзац 1."
    assert story_of(database).body.texts() == {"kk": BODY}


def test_the_matrix_lists_stories_but_no_members_draft(browser_of, database, people, slug):
    with database.writing() as db:
        ours = db.scalars(select(Organization)).one()
        waiting = make_own_story(db, people["stranger"], submitted=True, to=ours, **WORDS).slug
    shown = browser_of(people["translator"]).get("/en/manage/ours/translations")
    assert translating(slug) in shown.text
    assert translating(waiting) not in shown.text


def test_nobody_asks_for_a_translation_of_a_draft(client, browser_of, database, people):
    draft = write(database, people, published=False)
    assert client.post(f"/ru/translation-requests/story/{draft}").status_code == 404
    preview = browser_of(people["editor"]).get(f"/ru/stories/{draft}")
    assert page_of(preview).xpath("//form[contains(@action, 'translation-requests')]") == []


def illustrate(database, **changes):
    with database.writing() as db:
        story = db.scalars(select(Story)).one()
        return make_image(db, story, kind=ItemKind.STORY, **changes).key


def test_pictures_stand_in_what_is_saved_and_in_what_is_only_previewed(
    browser_of, client, database, people, slug
):
    key = illustrate(database)
    browser = browser_of(people["editor"])
    typed = story_fields(
        revision=str(story_of(database).revision), body_kk=f"Кеш.\n\n![](image:{key})"
    )
    preview = browser.post(f"/en/writing/stories/{slug}/preview", data=typed)
    assert page_of(preview).xpath("//article//img/@alt") == ["Үш домбырашы"]
    assert browser.post(f"/en/writing/stories/{slug}", data=typed).status_code == 303
    shown = f"/kk/stories/{slug}"
    assert page_of(client.get(shown)).xpath("//article//img/@alt") == ["Үш домбырашы"]
    path = f"/en/manage/images/story/{slug}/{key}"
    assert browser.post(path, data={"alt_kk": "Екі күйші"}).status_code == 303
    assert page_of(client.get(shown)).xpath("//article//img/@alt") == ["Екі күйші"]
    assert browser.post(f"{path}/removal").status_code == 303
    assert page_of(client.get(shown)).xpath("//article//img") == []


def test_the_cover_is_on_the_page_and_goes_along_with_links_to_it(client, database, slug):
    card = page_of(client.get(f"/kk/stories/{slug}")).xpath("//meta[@property='og:image']/@content")
    assert [each.partition("?")[0] for each in card] == [
        f"https://testserver/kk/stories/{slug}/card.png"
    ]
    key = illustrate(database, is_cover=True)
    answer = client.get(f"/kk/stories/{slug}")
    page = page_of(answer)
    (image,) = page.xpath("//figure[@class='cover']//img")
    assert image.get("alt") == "Үш домбырашы"
    # It stands at the head of the page, and is what readers wait for.
    assert (image.get("loading"), image.get("fetchpriority")) == (None, "high")
    address = f"{ADDRESS}/images/{key}/1600.jpg"
    assert page.xpath("//meta[@property='og:image']/@content") == [*card, address]
    assert linked_data_of(answer)["image"] == [address]


def test_what_is_deleted_leaves_neither_pictures_nor_counts(database, people):
    with database.writing() as db:
        ours = db.scalars(select(Organization)).one()
        make_story(db, ours, people["editor"], published=False, **WORDS)
    key = illustrate(database)
    with database.writing() as db:
        actions.delete_unpublished(db, db.scalars(select(Story)).one())
    with database.reading() as db:
        assert db.scalars(select(Image)).all() == []
        assert list(db.scalars(select(ImageDeletion.key))) == [key]
        kinds = db.scalars(select(TranslationProgress.item_kind)).all()
        assert "story" not in kinds


def test_words_of_pictures_are_translated_with_their_story(browser_of, client, database, people):
    body = {"body": Translated.of("kk", kk="Кеш.")}
    slug = write(database, people, **body)
    key = illustrate(database, caption=Translated.of("kk", kk="Берлин, 2026"))
    typed = story_fields(
        revision=str(story_of(database).revision),
        title_ru=None,
        summary_kk="",
        body_kk=f"Кеш.\n\n![](image:{key})",
    )
    browser = browser_of(people["editor"])
    assert browser.post(f"/en/writing/stories/{slug}", data=typed).status_code == 303
    assert counted(database) == (0, 0, 4)
    page = browser.get(translating(slug))
    # Whoever says what a picture shows sees it.
    assert page_of(page).xpath("//section[@class='part']//img/@alt") == ["Үш домбырашы"]
    words_of_picture = {
        f"paragraph.alt_{key}.0": "Три домбриста",
        f"paragraph.caption_{key}.0": "В Берлине",
    }
    revision = story_of(database).revision
    sent = fields(page) | words_of_picture
    assert browser.post(translating(slug), data=sent).status_code == 303
    assert counted(database) == (2, 0, 2)
    # Nobody who writes the story meanwhile is told that it has changed.
    assert story_of(database).revision == revision
    sent = fields(page, paragraph__body__0="Вечер.")
    assert browser.post(translating(slug), data=sent).is_redirect
    shown = page_of(client.get(f"/ru/stories/{slug}"))
    assert shown.xpath("//article//img/@alt") == ["Три домбриста"]
    assert shown.xpath("//article//figcaption/text()") == ["В Берлине"]
    edited = {"alt_kk": "Төрт домбырашы", "alt_ru": "Три домбриста", "caption_kk": "Берлин, 2026"}
    edited["caption_ru"] = "В Берлине"
    described = f"/en/manage/images/story/{slug}/{key}"
    assert browser.post(described, data=edited).status_code == 303
    assert counted(database) == (2, 1, 1)
    assert page_of(browser.get(described)).xpath("//main//input[@name='small_fix']")
    edited |= {"alt_kk": "Төрт домбырашы.", "small_fix": "yes"}
    assert browser.post(described, data=edited).status_code == 303
    assert counted(database) == (3, 0, 1)


def test_paragraphs_without_words_are_in_every_language(browser_of, client, database, people):
    slug = write(database, people, body=Translated.of("kk", kk="Кеш."))
    key = illustrate(database)
    said = f"Кеш.\n\n![](image:{key})\n\n---\n\nhttps://example.org/kesh"
    revision = str(story_of(database).revision)
    typed = story_fields(revision=revision, title_ru=None, summary_kk="", body_kk=said)
    browser = browser_of(people["editor"])
    assert browser.post(f"/en/writing/stories/{slug}", data=typed).status_code == 303
    # Title, one paragraph, and what the picture shows.
    assert counted(database) == (0, 0, 3)
    page = browser.get(translating(slug))
    asked = page_of(page).xpath("//form[@data-paragraphs]//textarea/@name")
    assert asked == ["paragraph.title.0", "paragraph.body.0", f"paragraph.alt_{key}.0"]
    sent = {"paragraph__title__0": "Кокпар", "paragraph__body__0": "Вечер."}
    sent = fields(page, **sent) | {f"paragraph.alt_{key}.0": "Три домбриста"}
    assert browser.post(translating(slug), data=sent).status_code == 303
    assert counted(database) == (3, 0, 0)
    assert "100 % has a translation" in words(browser.get(translating(slug)))
    shown = page_of(client.get(f"/ru/stories/{slug}"))
    assert shown.xpath("//article//img/@alt") == ["Три домбриста"]
    assert shown.xpath("//article//div[contains(@class, 'prose')]//*[@lang]") == []
    assert key not in browser.get(f"{translating(slug)}/file.po").text.partition("alt_")[0]
