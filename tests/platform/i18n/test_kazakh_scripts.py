"""Kazakh put into other scripts: attested rows, CLDR's names, and what is passed by."""

import pytest

from portal.i18n.kazakh.scripts import ARABIC, LATIN, LATIN_TURKISH, SCRIPTS, convert
from tests.kazakh.measured import cldr_share, script_misses

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
