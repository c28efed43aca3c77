"""Names that could be taken for one another have one skeleton; others have their own."""

import pytest

from portal.domain.organizations.confusables import digests_of, skeleton
from portal.i18n.translated import Translated


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Altyn saqa", "ALTYN  SAQA"),
        ("Altyn saqa", "Аltyn sаqa"),  # two Cyrillic letters
        ("Алтын сақа", "Алтын сака"),
        ("Kazakh House", "Kаzаkh Ноuѕе"),
        ("Kazakh House", "Ｋａｚａｋｈ Ｈｏｕｓｅ"),
        ("Kazakh House", "Kazakh-House!"),
        ("Ile", "lle"),
        ("Modern Centre", "Modem Centre"),
        ("Club 10", "Club lO"),
        ("Ғылым", "Fылым"),
        ("Café", "Cafe"),
    ],
)
def test_what_looks_the_same_is_the_same(one, other):
    assert skeleton(one) == skeleton(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Altyn saqa", "Altyn saqa 2"),
        ("Қазақ үйі Берлин", "Қазақ үйі Прага"),
        ("Ұлы көш", "Ұлы дала"),
        ("Kazakh House", "Kazakh Horse"),
    ],
)
def test_what_differs_stays_apart(one, other):
    assert skeleton(one) != skeleton(other)


def test_a_name_without_letters_has_no_skeleton():
    assert skeleton(" –!") == ""
    assert digests_of(Translated.of("kk", kk="…")) == set()


def test_languages_that_look_alike_count_once():
    assert len(digests_of(Translated.of("kk", kk="Алтын сақа", ru="Алтын сака"))) == 1
