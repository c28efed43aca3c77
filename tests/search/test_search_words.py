"""What is searched for: one key in three scripts, synonyms, slips of the keyboard, near words."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.i18n.kazakh.scripts import SCRIPTS, convert
from portal.search.analysis import is_same_word, tokens
from portal.search.keyboards import slips_of
from portal.search.queries import LONGEST_QUERY, MOST_WORDS, terms_of
from portal.search.spelling import Vocabulary, distance


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
    assert is_same_word("казак", "قازاق")
    assert [distance("abcd", each, 2) for each in ("abcd", "abdc", "bcd", "xyzw")] == [0, 1, 1, 3]


@given(st.text(st.characters(exclude_categories=()), max_size=400))
@example("\ud800" * 300)
@example("а\u202e\u0301" * 100)
@settings(max_examples=100, deadline=None)
def test_no_query_and_no_text_is_refused(text):
    terms = terms_of(text)
    assert len(terms) <= MOST_WORDS
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
