"""Stems and keys of Kazakh words: forms meet their lemmas, scripts and keyboards each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.i18n.kazakh.folding import folded
from portal.i18n.kazakh.scripts import SCRIPTS, convert
from portal.i18n.kazakh.stemmer import key, stem
from tests.kazakh.measured import rows, stemming

MISSING = str.maketrans("әғқңөұүһі", "агкноуухи")


def test_forms_meet_their_lemmas_and_no_others():
    by_stem, by_key = stemming(stem), stemming(key)
    assert by_stem.recall >= 0.87
    assert by_stem.precision >= 0.86
    assert by_stem.f1 >= 0.87
    assert by_key.f1 >= 0.83


def test_every_word_has_one_key_in_all_scripts_and_without_kazakh_letters():
    words = {row["form"] for row in rows("stems.tsv")}
    assert len(words) > 3_000
    for word in words:
        known = folded(word)
        assert {folded(convert(word, script)) for script in SCRIPTS.values()} == {known}
        assert folded(word.translate(MISSING)) == known
        # An acute Latin of 2018 and ASCII.
    for typed in ("қазақ", "казак", "qazaq", "Kazak", "قازاق", "ﻗﺎﺯﺍﻕ", "QAZAQ", "қазақтардың"):
        assert key(typed) == "kazak", typed
    assert {key(each) for each in ("Наурыз", "nauryz", "Nawrız", "nawryz", "ناۋرىز")} == {"nauriz"}
    assert {key(each) for each in ("шаңырақ", "shanyraq", "Şañıraq", "шанырак")} == {key("شاڭىراق")}


@pytest.mark.parametrize(
    "forms",
    [
        "Алматы Алматыда Алматыдан Алматының Алматымен",
        "кітап кітабы кітапты кітабымыздан кітаптар",
        "орын орны орнында орындар",
        "халық халқы халқының халыққа",
        "домбыра домбырада домбырамен домбыраны",
        "келу келді келеді келген келмейді келсе",
        "шаңырақ шаңырағы шаңырағымыз",
        "іс ісі ісімен",
    ],
)
def test_forms_of_the_portals_own_words_have_one_stem(forms):
    first, *others = forms.split()
    assert {word: stem(word) for word in others} == {word: stem(first) for word in others}


@given(st.text(max_size=100))
def test_any_text_has_a_stem_and_a_key(text):
    assert len(stem(text)) <= len(text.lower())
    # One sign may stand for a whole phrase.
    assert len(key(text)) <= 20 * len(text)
