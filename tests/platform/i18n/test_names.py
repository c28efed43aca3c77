"""Names stand in alphabetical order and cities are called as readers call them."""

import random

import pytest

from portal.core.cities import city_here
from portal.i18n.collation import in_alphabet
from portal.i18n.locale import use_locale


@pytest.mark.parametrize(
    "names",
    [
        # As ICU's Kazakh collation has them.
        "аза әдет бала ғалам дала елші ёлка жаз ине йод күн қала ләззат мән нан ңа оқу өлең",
        "пән рет сөз тау уыл ұл үй фон хат һәм цех чек шаш щит ъ ыдыс із ь эра юла яки",
        "Әсел Ділназ Еркін Ілияс Яна",
        "ада Адал адам",
        # And its root for Latin letters.
        "Ankara Århus Berlin Çanakkale Dubai İstanbul Izmir İzmit Ömnögovi",
        "Şanlıurfa Sılan Silvan Tokyo",
        "Cafe Café Caffe",
        "10a 5 a",
        "Berlin Алматы",
    ],
)
def test_names_stand_in_alphabetical_order(names):
    ordered = names.split()
    shuffled = random.Random(1).sample(ordered, len(ordered))
    for names_given in (shuffled, ordered[::-1]):
        assert sorted(names_given, key=in_alphabet) == ordered


def test_quotation_marks_do_not_count():
    assert sorted(["«Ясын»", "Болашақ", "«Атамекен»"], key=in_alphabet) == [
        "«Атамекен»",
        "Болашақ",
        "«Ясын»",
    ]


def test_a_shorter_first_word_comes_first():
    assert sorted(["Алматылық", "Алматы үні"], key=in_alphabet) == ["Алматы үні", "Алматылық"]


@pytest.mark.parametrize(
    ("typed", "kk", "ru", "en"),
    [
        ("Berlin", "Берлин", "Берлин", "Berlin"),
        ("БЕРЛИН", "Берлин", "Берлин", "Berlin"),
        ("İstanbul", "Стамбұл", "Стамбул", "Istanbul"),
        ("Almaty", "Алматы", "Алматы", "Almaty"),
        ("Астана", "Астана", "Астана", "Astana"),
        ("Ақтөбе", "Ақтөбе", "Актобе", "Aqtobe"),
        ("Olgii", "Өлгей", "Улгий", "Ölgii"),
        ("New York", "Нью-Йорк", "Нью-Йорк", "New York"),
        ("Prague", "Прага", "Прага", "Prague"),
        # Nobody has told.
        ("Gaggenau", "Gaggenau", "Gaggenau", "Gaggenau"),
        ("", "", "", ""),
    ],
)
def test_a_city_is_called_as_readers_call_it(typed, kk, ru, en):
    called = {}
    for language in ("kk", "ru", "en"):
        with use_locale(language):
            called[language] = city_here(typed)
    assert called == {"kk": kk, "ru": ru, "en": en}
