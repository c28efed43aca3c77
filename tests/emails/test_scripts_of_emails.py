"""Letters in the script their reader has chosen, or signed up in."""

import re

from portal.i18n.kazakh.scripts import ARABIC, convert
from portal.i18n.translated import Translated
from tests.emails.programme import DETAILS

CYRILLIC = re.compile("[\u0400-\u04ff]")


def test_a_letter_is_written_in_its_readers_script(world):
    world.sign_up(name="Айгерім", language="kk-Arab")
    world.round()
    letter = world.last().message
    assert letter["Content-Language"] == "kk-Arab"
    title = convert(DETAILS.title.texts()["kk"], ARABIC)
    plain, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for part in (str(letter["Subject"]), plain, html):
        assert title in part
        # Nobody's name is converted.
        assert not CYRILLIC.search(part.replace("Айгерім", ""))
    assert "Айгерім" in plain
    assert "Айгерім" in html
    assert '<html lang="kk-Arab" dir="rtl">' in html
    assert "/kk-Arab/" in plain


def test_what_is_not_kazakh_keeps_its_letters(world):
    world.change(title=Translated.of("ru", ru="Вечер песни"))
    world.sign_up(name="Игорь", language="kk-Latn")
    world.round()
    letter = world.last().message
    plain, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for part in (str(letter["Subject"]), plain, html):
        assert "Вечер песни" in part
        assert not re.search("[\ue000-\uf8ff]", part)
    assert "Игорь" in plain
    assert not CYRILLIC.search(plain.replace("Вечер песни", "").replace("Игорь", ""))
