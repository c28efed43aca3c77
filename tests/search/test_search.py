"""Words are found in every script, in order and in spite of slips."""

import time
import tomllib
from datetime import timedelta
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.core import clock
from portal.demo.programme import FOLDER
from portal.domain.publishing.publication import Visibility
from portal.i18n.kazakh.folding import folded
from portal.i18n.kazakh.scripts import SCRIPTS, convert
from portal.i18n.translated import Translated
from portal.search.analysis import tokens
from portal.search.keyboards import slips_of
from portal.search.queries import LONGEST_QUERY, MAX_WORDS, terms_of
from portal.search.spelling import Vocabulary, distance
from tests.factories import (
    make_event,
    make_initiative,
    make_organization,
    make_person,
    make_story,
)
from tests.pages import page_of
from tests.search.judged import measured, queries

pytestmark = pytest.mark.both_engines


HOSTILE = (
    *(
        '"',
        "'",
        "*",
        "NEAR(a b)",
        "a AND",
        "title_words:x",
        "-x",
        "^",
        "(((",
        "a* OR *",
        ":*",
        "!&|",
    ),
    *("\x00", "қ\x00а", "\u202eәлем\u202c", "a\u0301" * 90, "<script>alert(1)</script>", "%", "\\"),
    *("қазaқ قازاق qazaq казак", "ﷺ", "1e5", "٣", "🐎", "\u200b", "' OR 1=1 --", "{x} %(y)s %s"),
)


@pytest.fixture
def world(database):
    with database.writing() as db:
        person = make_person(db, "Құпияжан")
        home = make_organization(db, "home", owner=person)
        make_event(db, home, starts_at=clock.now() - timedelta(days=9))
        make_event(db, home)
        make_initiative(db, home)
        make_story(
            db,
            home,
            person,
            title=Translated.of("ru", ru="Письмо & <b>другое</b>"),
            body=Translated.of(
                "ru", ru="Слово. " * 90 + "Домбра звучала **всю ночь**. " + "А. " * 90
            ),
        )
        hidden = Translated.of("kk", kk="Жасырынбақ домбыра")
        make_event(db, home, title=hidden, visibility=Visibility.PRIVATE)
        for number in range(12):
            make_event(db, home, title=Translated.of("en", en=f"Weekly chess {number}"))


def search(client, query, path="/kk/search", **filters):
    answer = client.get(path, params={"q": query, **filters})
    assert answer.status_code == 200, query
    return page_of(answer)


def titles(page):
    return [each.text_content() for each in page.xpath("//main//h3")]


def test_words_are_found_marked_and_said_in_their_languages(client, world):
    page = search(client, "домбыра")
    assert titles(page) == ["Домбыра кеші", "Домбыра кеші", "Письмо & <b>другое</b>"]
    assert page.xpath("//main//h3//mark/text()") == ["Домбыра", "Домбыра"]
    assert page.xpath("//main//h2/text()") == ["3 нәтиже"]
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    (snippet,) = page.xpath("//main//p[@lang='ru']")
    assert snippet.xpath("mark/text()") == ["Домбра"]
    assert snippet.text_content().startswith("… ")
    assert "звучала всю ночь" in snippet.text_content()
    # The past one second, and it says so.
    assert page.xpath("//main//*[@class='tag']/text()") == ["Өтті"]
    for same in ("dombıra", "домбыралар", "دومبىرا", "домбираны?"):
        assert titles(search(client, same))[:2] == ["Домбыра кеші"] * 2, same
    assert titles(search(client, "dombyra evening", "/en/search")) == ["Dombyra evening"] * 2
    assert page.xpath("//header//a[@href='/kk/search']")


def test_results_are_narrowed_and_leafed_through(client, world):
    assert len(titles(search(client, "домбыра", kind="event", when="past", at="online"))) == 1
    assert titles(search(client, "домбыра", kind="story", organization="home", country="DE"))
    page = search(client, "домбыра", at="place")
    assert titles(page) == []
    assert page.xpath("//main//a[@class='btn quiet']/@href") == ["/kk/search?q=" + quote("домбыра")]
    options = search(client, "домбыра").xpath("//select[@name='organization']/option/@value")
    assert options == ["", "home"]
    first = search(client, "chess", "/en/search")
    assert len(titles(first)) == 10
    (onward,) = first.xpath("//a[@rel='next']/@href")
    assert len(titles(page_of(client.get(onward)))) == 2
    assert titles(search(client, "chess", page="9")) == []
    for wrong in ("kind=page", "kind=x", "when=now", "at=x", "language=de", "country=1", "page=0"):
        assert client.get(f"/en/search?q=chess&{wrong}").status_code == 404, wrong
    assert client.get("/en/search?q=chess&organization=nobody").status_code == 404


def test_slips_are_forgiven(client, world):
    for typed, meant in (("ljv,shf", "домбыра"), ("домбырра", "домбыра"), ("chesss", "chess")):
        page = search(client, typed)
        assert titles(page), typed
        assert page.xpath("//main//p[@class='note']/bdi/text()") == [typed, meant]
    page = search(client, "домбыра zebra")
    assert titles(page)[:2] == ["Домбыра кеші"] * 2
    assert page.xpath("//main//p[@class='note']/bdi/text()") == ["домбыра zebra"]
    page = search(client, "zebra")
    assert titles(page) == []
    assert len(page.xpath("//main//section//a")) == 4
    assert len(search(client, "").xpath("//main//section//a")) == 4


def test_what_is_private_is_never_found_nor_guessed_nor_suggested(client, world):
    for typed in ("жасырынбақ", "жасырынбаак", "Құпияжан", "secret-room"):
        page = search(client, typed)
        assert titles(page) == []
        assert "асырынбақ" not in page.text_content().replace(typed, "")
    assert client.get("/kk/search/suggestions", params={"q": "жасыр"}).json() == []
    offered = client.get("/kk/search/suggestions", params={"q": "дом"}).json()
    assert [(each["title"], each["lang"], each["kind"]) for each in offered] == [
        ("Домбыра кеші", "kk", "Іс-шара")
    ] * 2
    assert client.get(offered[0]["url"]).status_code == 200


def test_no_query_is_a_fault_and_none_is_slow(client, world):
    started = time.monotonic()
    for typed in HOSTILE:
        page = search(client, typed)
        assert not page.xpath("//script[not(@src)]")
        assert client.get("/en/search/suggestions", params={"q": typed}).status_code == 200
    for raw in ("%ED%A0%80", "%FF", "a%00b", "%E2%80%AE"):
        assert client.get(f"/kk/search?q={raw}").status_code == 200
    answer = client.get("/ru/search", params={"q": "қ " * 5_000})
    assert answer.status_code == 422
    (said,) = page_of(answer).xpath("//*[@id='q-error']")
    assert "200" in said.text_content()
    assert time.monotonic() - started < 20


def test_browsers_are_told_how_to_search(client, database):
    (address,) = page_of(client.get("/ru")).xpath("//link[@rel='search']/@href")
    answer = client.get(address)
    assert answer.headers["content-type"].startswith("application/opensearchdescription+xml")
    assert 'template="https://testserver/ru/search?q={searchTerms}"' in answer.text


def test_readers_of_other_scripts_search_in_theirs(client, world):
    page = search(client, "домбыра", "/kk-Arab/search")
    assert titles(page)[0] == "دومبىرا كەشى"
    assert page.xpath("//main//input[@name='q']/@value") == ["домбыра"]
    assert page.xpath("//main//h3//mark/text()")[0] == "دومبىرا"
    (offered, _other) = client.get("/kk-Latn/search/suggestions", params={"q": "dom"}).json()
    assert (offered["title"], offered["lang"]) == ("Dombyra keşı", "kk-Latn")
    assert offered["url"].startswith("/kk-Latn/events/")
    assert "<Language>kk-Latn</Language>" in client.get("/kk-Latn/opensearch.xml").text


def test_judged_queries_find_what_fits_first_and_the_same_in_three_scripts(database):
    with database.writing() as db:
        home = make_organization(db)
        slugs = set()
        for path in sorted(FOLDER.glob("events-*.toml")):
            for row in tomllib.loads(path.read_text("utf-8"))["event"][::2]:
                told = {
                    name: Translated.of(row["original"], **row[name])
                    for name in ("title", "summary", "description")
                }
                slugs.add(make_event(db, home, **told).slug)
        asked = [query for query in queries() if query.relevant & slugs]
        result = measured(db, asked, clock.now())
    assert len({query.need for query in asked}) > 40
    assert len(queries()) >= 120
    assert result.mean_reciprocal_rank() >= 0.85
    assert result.differing_needs() == []


def forms(text, language="kk"):
    return [token.form for token in tokens(text, language)]


def readings(query):
    return [
        {" ".join(word.form for word in reading) for reading in term.readings}
        for term in terms_of(query)
    ]


def test_texts_are_cut_into_words_whatever_is_hidden_in_them():
    text = (
        "Қазақтың «салт-дәстүрі»: a\u0308lem 2026, ۱۲\u202e ق ر, ﻗﺎﺯﺍﻕ қа\u00adзақ _д'арк_ x\x00y"
    )
    assert forms(text) == [
        *("қазақтың", "салт", "дәстүрі", "älem", "2026", "12", "قر", "قازاق", "қазақ", "д'арк"),
        *("x", "y"),
    ]
    first = next(tokens(text, "kk"))
    assert text[first.start : first.end] == "Қазақтың"
    assert (first.stem, first.key) == ("қазақ", "kazak")
    assert [token.stem for token in tokens("Концерты ёлкой", "ru")] == ["концерт", "елк"]
    assert [token.stem for token in tokens("evenings", "en-GB")] == ["evening"]
    # A language without a stemmer: the exact form stands for it.
    assert [token.stem for token in tokens("Konzerte", "de")] == ["konzerte"]
    assert forms("Нұрсұлтанұлының") == ["нұрсұлтанұлының", "нұрсұлтан", "ұлының"]


@pytest.mark.parametrize("word", ["қазақтардың", "шаңырағымыз", "Наурызды", "объектіге", "кию"])
def test_three_scripts_and_missing_letters_have_one_key(word):
    keys = {next(tokens(convert(word, script), "kk")).key for script in SCRIPTS.values()}
    plain = word.translate(str.maketrans("әғқңөұүһі", "агкноуухи"))
    assert keys == {next(tokens(word, "kk")).key} == {next(tokens(plain, "kk")).key}


def test_words_and_phrases_stand_for_each_other():
    (almaty,) = readings("Алма-Ата")
    assert {"алма ата", "алматы"} <= almaty
    assert {"nowruz", "наурыз"} <= readings("Новруз")[0]
    assert {"казахстан", "kazakhstan"} <= readings("قازاقستاندا")[0]
    assert readings("Нұрсұлтанұлы") == [{"нұрсұлтанұлы", "нұрсұлтан ұлы"}]
    assert readings("концерт Almaty") == [{"концерт"}, readings("almaty")[0]]
    assert readings('"* OR ( ^ ~') == [{"or"}]


def test_the_keyboard_may_have_been_another():
    assert slips_of("ghbdtn") == ("привет",)
    assert slips_of("0fpf0")[0] == "қазақ"
    assert slips_of("Йфяфй") == ("qazaq",)
    assert slips_of("قازاق") == slips_of("ab") == slips_of("12345") == ()


def test_near_words_are_suggested_nearest_and_most_frequent_first():
    words = Vocabulary({"домбыра": 5, "концерт": 4, "концертке": 9, "наурыз": 3, "той": 1})
    assert words.suggestions("концрет") == ["концерт"]
    assert words.suggestions("канцертке") == ["концертке"]
    assert words.suggestions("dombra") == ["домбыра"]
    # Known in another script or without its letters; or too short to be guessed.
    assert words.suggestions("نا\u06cbرىز") == words.suggestions("тай") == []
    assert folded("казак") == folded("قازاق")
    assert [distance("abcd", each, 2) for each in ("abcd", "abdc", "bcd", "xyzw")] == [0, 1, 1, 3]


@given(st.text(st.characters(exclude_categories=()), max_size=400))
@example("\ud800" * 300)
@example("а\u202e\u0301" * 100)
@settings(max_examples=100, deadline=None)
def test_no_query_and_no_text_is_refused(text):
    terms = terms_of(text)
    assert len(terms) <= MAX_WORDS
    assert all(reading for term in terms for reading in term.readings)
    for token in tokens(text, "kk"):
        assert token.form
        assert 0 <= token.start < token.end <= len(text)
        token.form.encode()
    slips_of(text)
    Vocabulary({"қазақ": 1}).suggestions(text)


def test_ten_thousand_characters_are_no_more_than_their_beginning():
    for piece in ("қазақ ", "a", "ق ر ", "ﷺ", "\x00", "а'", "ұлы"):
        assert terms_of(piece * 10_000) == terms_of((piece * 10_000)[:LONGEST_QUERY])
