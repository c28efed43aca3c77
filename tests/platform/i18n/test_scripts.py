"""Kazakh in Latin and Arabic script: whole pages, and whatever leaves the portal for a reader."""

import re
from dataclasses import replace

import pytest

from portal.core import clock
from portal.domain.organizations import actions as organizations
from portal.domain.organizations.models import Organization, Role
from portal.domain.script_corrections.actions import correct
from portal.domain.script_corrections.queries import corrections_of, script_reports
from portal.domain.script_corrections.rules import CorrectedSpelling
from portal.i18n.kazakh.scripts import ARABIC, LATIN, convert
from portal.i18n.translated import Translated
from tests.factories import make_event, make_organization, make_person
from tests.pages import errors_of, page_of

CYRILLIC = re.compile("[\u0400-\u04ff]")
KAZAKH, RUSSIAN = "Ән кеші", "Вечер песни"


@pytest.fixture
def programme(database):
    """An event of Kazakh words, and one that nobody has translated from Russian."""
    with database.writing() as db:
        organization = make_organization(db, "ours")
        organization.name = Translated.of("ru", ru="Дом дружбы")
        make_event(db, organization, title=Translated.of("kk", kk=KAZAKH)).slug = "kazakh"
        make_event(db, organization, title=Translated.of("ru", ru=RUSSIAN)).slug = "russian"


def cyrillic_of(page):
    """Cyrillic that is shown or read out where a page claims to be in another script."""
    texts = page.xpath("//text()[not(parent::script)][ancestor::*[@lang][1][@lang=/html/@lang]]")
    spoken = page.xpath("//@aria-label | //@alt | //@title | //meta/@content")
    return [each for each in (*texts, *spoken) if CYRILLIC.search(each)]


@pytest.mark.parametrize("script", [LATIN, ARABIC], ids=lambda each: each.tag)
def test_pages_are_whole_in_their_script(client, programme, script):
    page = page_of(client.get(f"/{script.tag}/events/kazakh"))
    assert page.get("lang") == script.lang
    assert page.get("dir") == script.direction
    assert page.xpath("//h1/text()") == [convert(KAZAKH, script)]
    own = page.xpath("//link[@rel='canonical']/@href")[0]
    assert own.endswith(f"/{script.tag}/events/kazakh")
    others = page.xpath("//link[@rel='alternate'][@hreflang]/@hreflang")
    assert {"kk", "kk-Latn", "kk-Arab", "ru", "en"} <= {*others}
    switch = page.xpath("//nav[@class='langs']//li/a")
    assert [each.text for each in switch] == ["Қазақша", "Qazaqşa", "قازاقشا", "Русский", "English"]
    assert [each.get("aria-current") for each in switch].index("true") == switch.index(
        next(each for each in switch if each.get("lang") == script.lang)
    )
    # But for the organisation, which has a Russian name.
    assert {CYRILLIC.search(each.replace("Дом дружбы", "")) for each in cyrillic_of(page)} == {None}
    # Every way on stays in the script.
    inside = page.xpath("//main//a/@href | //nav[@class='nav']//a/@href")
    assert inside
    assert all(href.startswith(f"/{script.tag}/") for href in inside if href.startswith("/"))


@pytest.mark.parametrize("script", [LATIN, ARABIC], ids=lambda each: each.tag)
def test_russian_stays_russian(client, programme, script):
    page = page_of(client.get(f"/{script.tag}/events/russian"))
    (heading,) = page.xpath("//h1")
    assert (heading.text, heading.get("lang")) == (RUSSIAN, "ru")
    assert heading.get("dir") == "ltr"
    assert RUSSIAN in page.xpath("//title/text()")[0]
    assert RUSSIAN in page.xpath("//meta[@property='og:title']/@content")
    crumbs = page.xpath("//nav[contains(@class, 'crumbs')]//text()")
    assert RUSSIAN in [text.strip() for text in crumbs]
    assert any("Дом дружбы" in text for text in page.xpath("//aside//p/text()"))
    whole = client.get(f"/{script.tag}/events/russian").text
    assert not re.search("[\ue000-\uf8ff]", whole)


def test_errors_and_unknown_scripts(client):
    lost = client.get("/kk-Arab/nowhere")
    assert lost.status_code == 404
    page = page_of(lost)
    assert (page.get("lang"), page.get("dir")) == ("kk-Arab", "rtl")
    assert client.get("/kk-Cyrl/events").status_code == 404
    assert client.get("/kk-latn/events").status_code == 404


def test_the_other_letters_of_latin_are_a_choice(client, programme):
    page = page_of(client.get("/kk-Latn-TR/events"))
    assert page.get("lang") == "kk-Latn"
    assert page.xpath("//nav[@class='nav']//a[@aria-current]/@href") == ["/kk-Latn-TR/events"]


def test_browsers_are_led_to_the_script_they_ask_for(client):
    for wanted, place in (("kk-CN", "/kk-Arab"), ("kk-Latn", "/kk-Latn"), ("kk-KZ", "/kk")):
        answer = client.get("/", headers={"accept-language": wanted}, follow_redirects=False)
        assert answer.headers["location"] == place


def test_feeds_and_calendars_are_written_in_the_script(client, programme):
    feed = client.get("/kk-Arab/feed.atom").text
    assert 'xml:lang="kk-Arab"' in feed
    assert convert(KAZAKH, ARABIC) in feed
    assert RUSSIAN in feed
    calendar = client.get("/kk-Latn/events/kazakh/event.ics").text.replace("\r\n ", "")
    assert f"SUMMARY;LANGUAGE=kk-Latn:{convert(KAZAKH, LATIN)}" in calendar
    assert "/kk-Latn/events/kazakh" in calendar
    card = client.get("/kk-Arab/events/kazakh/card.png")
    assert card.content != client.get("/kk/events/kazakh/card.png").content


def test_a_reader_tells_of_a_word_and_administrators_correct_it_everywhere(
    client, programme, browser_of, database
):
    page = page_of(client.get("/kk-Latn/events/kazakh?x=1"))
    (way,) = page.xpath("//footer//a[contains(@href, '/spelling?')]/@href")
    form = {"page": page_of(client.get(way)).xpath("//input[@name='page']/@value")[0]}
    wordless = client.post("/kk-Latn/spelling", data=form | {"script": "kk-Latn", "output": "z"})
    assert wordless.status_code == 422
    assert page_of(wordless).xpath("//input[@name='output']/@value") == ["z"]
    told = {"script": "kk-Latn", "word": "Än", "output": "An"}
    assert client.post("/kk-Latn/spelling", data=form | told, follow_redirects=False).is_redirect
    with database.writing() as db:
        administrator = make_person(db, "Serik", is_administrator=True)
    browser = browser_of(administrator)
    known = page_of(browser.get("/en/administration/spelling"))
    assert known.xpath("//main//dd/a/@href") == ["/kk-Latn/events/kazakh"]
    refused = browser.post(
        "/en/administration/spelling", data={"script": "kk-Arab", "word": "song", "output": "An"}
    )
    assert {*errors_of(refused)} == {"word", "output"}
    corrected = {"script": "kk-Latn", "word": "Ән", "output": "aan"}
    browser.post("/en/administration/spelling", data=corrected)
    assert page_of(client.get("/kk-Latn/events/kazakh")).xpath("//h1/text()") == ["Aan keşı"]
    assert page_of(client.get("/kk-Arab/events/kazakh")).xpath("//h1/text()") == [
        convert(KAZAKH, ARABIC)
    ]


def test_editors_correct_a_word_on_their_own_page_alone(client, programme, browser_of, database):
    with database.writing() as db:
        editor = make_person(db, "Editor")
        ours = db.query(Organization).one()
        organizations.grant_role(db, ours, editor, Role.EDITOR, clock.now())
        make_event(db, ours, title=Translated.of("kk", kk=KAZAKH)).slug = "other"
    browser = browser_of(editor)
    report = page_of(browser.get("/kk/spelling?page=/kk-Latn/events/kazakh"))
    own = "/kk/spelling/event/kazakh"
    assert own in report.xpath("//main//a/@href")
    corrected = {"script": "kk-Latn", "word": "кеш*", "output": "kesh"}
    assert browser.post(own, data=corrected, follow_redirects=False).status_code == 303
    headings = [
        page_of(client.get(f"/kk-Latn/events/{slug}")).xpath("//h1/text()")[0]
        for slug in ("kazakh", "other")
    ]
    assert headings == ["Än keshı", "Än keşı"]
    (number,) = re.findall(r"/spelling/event/kazakh/(\d+)/deletion", browser.get(own).text)
    assert browser.post(f"/kk/spelling/event/other/{number}/deletion").status_code == 404
    browser.post(f"{own}/{number}/deletion")
    assert page_of(client.get("/kk-Latn/events/kazakh")).xpath("//h1/text()") == ["Än keşı"]


def test_pages_with_secrets_in_their_addresses_are_not_kept(client, database):
    word = {"script": "kk-Arab", "word": "x", "page": "/kk-Arab/passes/a-secret-key"}
    client.post("/kk-Arab/spelling", data=word)
    with database.reading() as db:
        assert [each.page for each in script_reports(db)] == [""]


def test_two_who_correct_a_word_at_once_leave_one_correction(database):
    """Neither sees the other's while they look, as on PostgreSQL."""
    word = CorrectedSpelling("kk-Latn", "ән", "an")
    with database.writing() as db:
        correct(db, word)
    with database.writing() as db:
        db.scalar, look = (lambda *_: None), db.scalar
        correct(db, replace(word, output="än"))
        db.scalar = look
    with database.reading() as db:
        assert [(each.word, each.output) for each in corrections_of(db)] == [("ән", "än")]
