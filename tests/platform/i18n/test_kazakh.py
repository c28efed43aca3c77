"""Kazakh is written in three scripts, and its forms meet at one stem."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.i18n.kazakh.folding import folded
from portal.i18n.kazakh.scripts import ARABIC, LATIN, LATIN_TURKISH, SCRIPTS, convert
from portal.i18n.kazakh.stemmer import key, stem
from tests.kazakh.measured import cldr_share, rows, script_misses, stemming

PASSED_BY = (
    *("https://қазақ.қаз/сәлем?а=1,2;б", "www.қазақ.қаз", "арман@мысал.қаз", "shanyraq.kz"),
    *("жоспар.pdf", "@арман", "#наурыз", "%(аты)s", "{аты}", "{{ аты }}", "&nbsp;"),
    *('<a title="сәлем">', "Zoom", "12,5", "2026", "ўзбек", "Київ"),
)


def test_attested_rows_come_out_as_they_are_printed():
    misses = script_misses()
    assert misses["kk-Latn"][1] == []
    assert misses["kk-Latn-TR"][1] == []
    scored, missed = misses["kk-Arab"]
    assert scored >= 185
    assert 1 - len(missed) / scored >= 0.985, missed


def test_names_of_cldr_come_out_as_it_writes_them():
    words, share = cldr_share()
    assert words > 1_700
    assert share >= 0.88


@pytest.mark.parametrize("text", PASSED_BY)
@pytest.mark.parametrize("tag", SCRIPTS)
def test_addresses_placeholders_and_other_words_stay(text, tag):
    converted = convert(f"Сәлем {text} әлем", SCRIPTS[tag])
    assert f" {text} " in converted
    assert "әлем" not in converted.replace(text, "")


def test_words_that_follow_other_rules():
    cases = {
        "ХХІ ғасыр, ІV тоқсан": ("XXI ğasyr, IV toqsan", "XXI عاسىر، IV توقسان"),
        "І. Жансүгіров": ("I. Jansügırov", "ى. جانسۇگىروۆ"),
        "ҚР мен АҚШ-та": ("QR men AQŞ-ta", "ق ر مەن ا ق ش-تا"),
        "ҰЛТ ПЕН ҚОҒАМ": ("ŪLT PEN QOĞAM", "ۇلت پەن قوعام"),
        "Нұрсұлтанұлының": ("Nūrsūltanūlynyñ", "نۇرسۇلتان ۇلىنىڭ"),
        "Яғни, ЩЁТКА; Ия?": ("İağni, ŞŞİOTKA; İa?", "ياعني، ششوتكا؛ يا؟"),
        "Концертке": ("Konsertke", "كونسەرتكە"),
        # Latin letters typed for Cyrillic ones, and a word that really is Latin.
        "Aлматы, бiз, Zoomға": ("Almaty, bız, Zoomğa", "الماتى، ءبىز، Zoomعا"),
        # й as two code points.
        "а\u0438\u0306": ("ai", "اي"),
    }
    for text, (latin, arabic) in cases.items():
        assert (convert(text, LATIN), convert(text, ARABIC)) == (latin, arabic)


def test_somebodys_corrections_go_first_and_keep_endings_and_capitals():
    words = {"Чемпион*": "çempion", "алматы": "Alma-Ata"}
    text = "Чемпионға, ЧЕМПИОН, Алматы, Алматыда"
    assert convert(text, LATIN, words) == "Çempionğa, ÇEMPİON, Alma-Ata, Almatyda"
    assert convert("Чемпионға", LATIN_TURKISH) == "Çempïonğa"
    assert convert("концертке", ARABIC, {"концерт*": "كونتسەرت"}) == "كونتسەرتكە"


def test_punctuation_is_arabic_only_in_kazakh():
    assert convert("Zoom, Teams?", ARABIC) == "Zoom, Teams?"
    assert convert("a; б, 3,5?", ARABIC) == "a؛ ب، 3,5؟"


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
