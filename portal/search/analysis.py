"""Words of texts and of queries: as they are typed, by their stems, and by a key across scripts."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from portal.i18n.kazakh.stemmer import key
from portal.search.stemmers import STEMMERS

# Of a longer word only the beginning counts.
LONGEST_WORD: Final = 48
# Signs inside words that are not seen: joiners, direction, soft hyphens, marks, tatweel.
_UNSEEN: Final = (
    "\u00ad\u0300-\u036f\u0640\u064b-\u065f\u0670\u200b-\u200f\u202a-\u202e\u2060-\u2069"
    "\ufe0f\ufeff"
)
_REST: Final = f"(?:[^\\W_]++|[{_UNSEEN}]|['’ʼ](?=[^\\W_]))*+"
_WORD: Final = re.compile(
    # Letters one by one, as Arabic script writes abbreviations: ق ر.
    f"(?<![^\\W_])[\u0621-\u06d5](?: [\u0621-\u06d5]){{1,4}}(?![^\\W_])|[^\\W_]{_REST}"
)
_TAKEN_OFF: Final = re.compile(f"[{_UNSEEN} ]")
_DIGITS: Final = {zero + digit: str(digit) for zero in (0x0660, 0x06F0) for digit in range(10)}
# Below the name of somebody's father: Нұрсұлтанұлы is two words in Arabic script.
_PATRONYMIC: Final = re.compile(
    "(?P<name>.{3,})(?P<of>(?:ұлы|қызы)(?:ның?|на|нда|нан|мен)?"
    "|(?:ūly|qyzy|ulı|qızı)(?:nyñ|nıñ|na|nda|nan|men)?)"
)


class Token(NamedTuple):
    """A word of a text."""

    form: str
    stem: str
    key: str
    # Where it stands in the text.
    start: int
    end: int


def tokens(text: str, language: str) -> Iterator[Token]:
    """Yield a text's words in `language` (BCP 47), in order, in linear time; any text is taken.

    `form` is in small letters without invisible signs, `stem` by the language's stemmer, `key` the
    same in all scripts and without Kazakh letters. A patronymic's two parts follow at its place.
    """
    language = language.partition("-")[0].lower()
    for found in _WORD.finditer(text):
        form = form_of(found[0])
        if not form:
            continue
        yield Token(form, stem_of(form, language), key_of(form), *found.span())
        for part in parts_of(form):
            yield Token(part, stem_of(part, language), key_of(part), *found.span())


def word_pattern(first: str) -> re.Pattern[str]:
    """Find words that begin with a letter of a pattern, tested first since few places have it."""
    return re.compile(f"{first}(?<![^\\W_].){_REST}")


def form_of(word: str) -> str:
    """Return a word as it is compared with others: small, composed, with European digits."""
    if word.isascii():
        return word.lower()[:LONGEST_WORD]
    plain = unicodedata.normalize("NFKC", word[: 2 * LONGEST_WORD]).replace("İ", "i")
    return _TAKEN_OFF.sub("", plain.lower().translate(_DIGITS))[:LONGEST_WORD]


@lru_cache(maxsize=1 << 13)
def stem_of(form: str, language: str) -> str:
    """Return what a language's stemmer leaves of a word."""
    stemmer = STEMMERS.get(language)
    return stemmer(form) if stemmer else form


@lru_cache(maxsize=1 << 13)
def key_of(form: str) -> str:
    """Return a word's key across scripts."""
    return key(form)


def parts_of(form: str) -> tuple[str, ...]:
    """Return the two words of a patronymic; nothing of other words."""
    found = _PATRONYMIC.fullmatch(form)
    return (found["name"], found["of"]) if found else ()
