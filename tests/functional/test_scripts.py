"""Kazakh in Latin and Arabic script: whole pages, and whatever leaves the portal for a reader."""

from __future__ import annotations

import re

import pytest

from portal.kazakh.scripts import ARABIC, LATIN, convert
from portal.translated import Translated
from tests.factories import make_event, make_organization
from tests.functional.pages import page_of

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
