"""The letters of Kazakh in Cyrillic, and what stands for each in Latin and in Arabic script."""

from typing import Final

ALPHABET: Final = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
VOWELS: Final = "аәеёиоөуұүыіэюя"
# U+0621, as CLDR and the Kazakh press of China and Kazakhstan write it; others use U+0674.
HAMZA: Final = "ء"
# What is typed for a Cyrillic letter because it looks the same.
LOOK_ALIKES: Final = str.maketrans(
    {
        **dict(zip("aeopcyxiəɵh", "аеорсухіәөһ", strict=True)),
        **dict(zip("ABEKMHOPCTXIYƏƟ", "АВЕКМНОРСТХІУӘӨ", strict=True)),
    }
)
_PLAIN: Final = dict(zip("абвгджзклмнопрстфэеқғңөүәшһ", "abvgdjzklmnoprstfeeqğñöüäşh", strict=True))
# Draft of April 2021, 31 letters; letters of loans after the orthography of 2018.
LATIN: Final = {
    **_PLAIN,
    **dict(zip("ийуұхыіц", "iiuūhyıs", strict=True)),
    **dict(zip("ёчщюяъь", ("io", "ch", "şş", "iu", "ia", "", ""), strict=True)),
}
# As readers in Turkey know it (MediaWiki's kk-Latn and kk-TR).
LATIN_TURKISH: Final = {
    **_PLAIN,
    **dict(zip("ийуұхыіцчэ", "ïýwuxıicçé", strict=True)),
    **dict(zip("ёщюяъь", ("yo", "şç", "yu", "ya", "ʺ", "ʹ"), strict=True)),
}
ARABIC: Final = {
    **dict(zip("аәбвгғдеэжз", "اابۆگعدەەجز", strict=True)),
    **dict(zip("ийкқлмнңоөпрст", "ييكقلمنڭووپرست", strict=True)),
    **dict(zip("уұүфхһчшыі", "ۋۇۇفحھچشىى", strict=True)),
    **dict(zip("цщюяёъь", ("تس", "شش", "يۋ", "يا", "يو", "", ""), strict=True)),
}


def latin_capital(letters: str) -> str:
    """Return the capital of a letter or digraph of Latin Kazakh, where i and ı are two."""
    return letters.replace("i", "İ").replace("ı", "I").upper()
