"""The portal's own pages: what they say at first, and how administrators write them anew."""

import pytest

from portal.domain.site_pages.queries import brought_along, page_named
from portal.domain.site_pages.rules import PageName
from portal.i18n.locale import LANGUAGES
from portal.i18n.paragraphs import paragraphs
from tests.factories import make_person
from tests.pages import addresses_of, errors_of, page_of, value_of, words
from tests.queries import queries_of

EDIT = "/en/administration/pages/contact"
TYPED = {
    "original": "en",
    "title_en": "How to reach us",
    "body_en": "Write to **Dana**.\n\n<script>alert(1)</script>",
    "title_ru": "Как с нами связаться",
    "revision": "0",
}


@pytest.fixture
def administrator(browser_of, database):
    with database.writing() as db:
        person = make_person(db, is_administrator=True)
    return browser_of(person)


@pytest.mark.parametrize("name", list(PageName))
def test_the_texts_the_portal_comes_with_stand_in_every_language(name):
    page = brought_along(name)
    assert set(page.title.versions) == set(LANGUAGES)
    assert set(page.body.versions) == (set() if name is PageName.PRIVACY else set(LANGUAGES))
    for language in page.body.versions:
        assert len(paragraphs(page.body.texts()[language])) == len(page.body.paragraphs())
        assert all(part.language == language for part in page.body.parts(language))


def test_every_page_leads_to_them_and_a_stranger_reads_them(client):
    addresses = addresses_of(client.get("/ru"))
    for name in PageName:
        assert f"/ru/{name}" in addresses
        answer = client.get(f"/ru/{name}")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, no-cache")
    assert "для казахов" in words(client.get("/ru/about"))
    # The facts about privacy are the program's; nothing follows while nobody has written it.
    assert "Firefox, Android" in words(client.get("/ru/privacy"))
    assert page_of(client.get("/ru/privacy")).xpath("//*[@id='operator']") == []


def test_what_an_administrator_writes_is_shown_clean_and_in_its_language(client, administrator):
    done = administrator.post(EDIT, data=TYPED)
    assert (done.status_code, done.headers["location"]) == (303, "/en/contact")
    page = page_of(client.get("/en/contact"))
    assert page.xpath("//main//h1/text()") == ["How to reach us"]
    assert page.xpath("//main//strong/text()") == ["Dana"]
    assert page.xpath("//main//script") == []
    russian = page_of(client.get("/ru/contact"))
    assert russian.xpath("//main//h1/text()") == ["Как с нами связаться"]
    assert russian.xpath("//main//div[@class='prose']/@lang") == ["en"]


def test_the_page_about_privacy_keeps_its_facts_and_adds_the_operators_words(client, administrator):
    typed = TYPED | {"title_en": "From us", "body_en": "Our server stands in Almaty."}
    assert administrator.post("/en/administration/pages/privacy", data=typed).status_code == 303
    said = words(client.get("/en/privacy"))
    assert "Thirty days after an event" in said
    assert said.endswith("From us Our server stands in Almaty. What has changed")


def test_a_preview_shows_the_page_and_saves_nothing(administrator, client, database):
    before = client.get("/en/contact").content
    answer = administrator.post(f"{EDIT}/preview", data=TYPED)
    assert answer.status_code == 200
    assert page_of(answer).xpath("//section[@aria-labelledby='preview']//strong/text()") == ["Dana"]
    assert value_of(answer, "title_en") == "How to reach us"
    assert client.get("/en/contact").content == before
    with database.reading() as db:
        assert page_named(db, PageName.CONTACT).id is None


@pytest.mark.parametrize("address", [EDIT, f"{EDIT}/preview"])
def test_what_is_wrong_stands_beside_its_field_with_what_was_typed(administrator, address):
    typed = TYPED | {"title_en": "", "body_en": " ", "title_ru": "я" * 141}
    answer = administrator.post(address, data=typed)
    assert answer.status_code == 422
    assert errors_of(answer).keys() == {"title_en", "body_en", "title_ru"}
    assert value_of(answer, "title_ru") == "я" * 141


def test_of_two_administrators_at_once_the_second_is_told(administrator, client):
    assert administrator.post(EDIT, data=TYPED).status_code == 303
    late = administrator.post(EDIT, data=TYPED | {"title_en": "Too late"})
    assert late.status_code == 422
    assert "Somebody else has saved this page" in errors_of(late)[""]
    assert value_of(late, "title_en") == "Too late"
    assert "Too late" not in client.get("/en/contact").text
    again = administrator.post(EDIT, data=TYPED | {"title_en": "In time", "revision": "1"})
    assert again.status_code == 303


def test_everybody_reads_back_what_a_page_said_before(client, administrator):
    assert "Nothing has been published yet" in words(client.get("/en/pages/contact/history"))
    administrator.post(EDIT, data=TYPED)
    page = page_of(client.get("/en/pages/contact/history"))
    assert len(page.xpath("//main//div[@class='sect']")) == 2
    gone = page.xpath("string(//main//dl)")
    assert "have given no other address yet" in gone
    assert "How to reach us" in gone
    assert client.get("/en/pages/nothing/history").status_code == 404


def test_an_administrator_passes_a_second_factor_first(browser_of, database):
    with database.writing() as db:
        person = make_person(db, is_administrator=True)
    answer = browser_of(person, second_factor=False).post(EDIT, data=TYPED)
    assert answer.headers["location"].startswith("/en/second-factor")


def test_pages_that_are_none_are_not_found(administrator):
    for path in ("/en/administration/pages/nothing", "/en/administration/pages/nothing/preview"):
        assert administrator.post(path, data=TYPED).status_code == 404


def test_a_page_costs_one_question(client, database):
    client.get("/en/rules")  # the first page of a process also learns the settings
    with queries_of(database) as asked:
        client.get("/en/about")
    assert len(asked) == 1


def test_pages_written_anew_are_translated_by_administrators_alone(
    administrator, client, browser_of, database
):
    page = "/en/manage/translations/page/contact/ru"
    # What the portal brings along is complete, and nothing is said of its languages.
    assert administrator.get(page).status_code == 404
    assert page_of(client.get("/ru/contact")).xpath("//main//a[@hreflang]") == []
    typed = {"original": "en", "title_en": "Contact", "body_en": "One.\n\nTwo.", "revision": "0"}
    assert administrator.post(EDIT, data=typed).status_code == 303
    assert page in addresses_of(administrator.get("/en/administration/pages"))
    with database.writing() as db:
        stranger, careless = make_person(db), make_person(db, is_administrator=True)
    assert browser_of(stranger).get(page).status_code == 404
    asked = browser_of(careless, second_factor=False).get(page)
    assert asked.headers["location"].startswith("/en/second-factor")
    shown = client.get("/ru/contact")
    ask = "/ru/translation-requests/page/contact"
    assert page_of(shown).xpath("//main//form/@action") == [ask]
    assert page_of(shown).xpath("//main//a[@hreflang='en']/@href") == ["/en/contact"]
    assert client.post(ask).status_code == 303
    form = page_of(administrator.get(page))
    names = form.xpath("//form[@data-paragraphs]//*[@name]/@name")
    sent = {name: value_of(administrator.get(page), name) or "" for name in names}
    sent |= {"paragraph.title.0": "Связь", "paragraph.body.0": "Раз.", "paragraph.body.1": "Два."}
    assert administrator.post(page, data=sent).status_code == 303
    assert "Два." in words(client.get("/ru/contact"))
    # A comma put right: the translations stay, and everybody can read that it was said.
    fixed = typed | {"revision": "2", "body_en": "One.\n\nTwo!", "small_fix": "yes"}
    fixed |= {"title_ru": "Связь", "body_ru": "Раз.\n\nДва."}
    assert administrator.post(EDIT, data=fixed).status_code == 303
    assert "изменилась" not in words(client.get("/ru/contact"))
    assert "translations are still right" in words(client.get("/en/pages/contact/history"))
