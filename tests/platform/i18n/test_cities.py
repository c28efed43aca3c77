"""Cities by the name that the reader's language has for them."""

import pytest

from portal.core.cities import city_here
from portal.i18n.locale import speaking


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
        with speaking(language):
            called[language] = city_here(typed)
    assert called == {"kk": kk, "ru": ru, "en": en}
