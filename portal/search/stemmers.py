"""What stems the words of each language: our own for Kazakh, Snowball's for Russian and English."""

import threading
from collections.abc import Callable, Mapping
from typing import Final

import snowballstemmer

from portal.i18n.kazakh.stemmer import stem

_SNOWBALL: Final = {"ru": "russian", "en": "english"}
# Russian words that have one form, which Snowball's stemmer would cut: радио is not рад.
_ONE_FORM: Final = frozenset(
    {
        *("аудио", "видео", "евро", "жюри", "интервью", "кафе", "кино", "метро", "пианино"),
        *("радио", "резюме", "такси", "фойе", "фото", "шоссе", "шоу"),
    }
)
# Snowball's stemmers keep the word they work at, so each thread has its own.
_own = threading.local()


def _with_snowball(language: str) -> Callable[[str], str]:
    def stemmed(word: str) -> str:
        known = vars(_own)
        if language not in known:
            known[language] = snowballstemmer.stemmer(_SNOWBALL[language])
        if word in _ONE_FORM:
            return word
        left: str = known[language].stemWord(word.replace("ё", "е"))
        return left

    return stemmed


# Languages that are not named here have none: their words are found as typed and by their keys.
STEMMERS: Final[Mapping[str, Callable[[str], str]]] = {
    "kk": stem,
    **{language: _with_snowball(language) for language in _SNOWBALL},
}
