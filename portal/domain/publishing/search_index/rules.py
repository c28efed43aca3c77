"""What is indexed of a text: its words in classes, and where it stands among others. Pure."""

import hashlib
import re
from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple

from portal.core.item_kinds import ItemKind
from portal.i18n.locale import LANGUAGES
from portal.i18n.translated import Translated
from portal.search.analysis import tokens

# To be raised whenever other words would come of the same text; then `portal reindex`.
VERSION: Final = 1
# What is searched of a text; nobody looks for what stands after a book's worth of pages.
LONGEST_BODY: Final = 60_000
# The first letter of an indexed word says what it is: of the title a form, a stem or a key, or
# any of these of title and body. So one index answers for all, and ranks without reading texts.
# Stems of Kazakh are apart: a query in another script has none, so they rank and find nothing.
TITLE_FORM, TITLE_STEM, TITLE_KEY, TITLE_KAZAKH = "abcd"
FORM, STEM, KEY, KAZAKH = "fskt"
_KINDS: Final = tuple(ItemKind)
_DAY_BITS, _ITEM_BITS, _KIND_BITS, _LANGUAGE_BITS = 22, 31, 3, 4
_APOSTROPHES: Final = str.maketrans("", "", "'’ʼ")
_MARKDOWN: Final = (
    (re.compile(r"!\[([^\]]*)\]\([^)]*\)|\[([^\]]*)\]\([^)]*\)"), r"\1\2"),
    (re.compile(r"<?\b(?:https?://|image:)\S+"), " "),
    (re.compile(r"\[\^[^\]]*\]:?"), " "),
    (re.compile(r"^\s*(?:#{1,6}|>|[-+*]|\d+[.)])\s+", re.MULTILINE), ""),
    (re.compile(r"[*_~`|]{1,3}|:?-{3,}:?"), " "),
)


class Wording(NamedTuple):
    """An item's text in one language."""

    language: str
    title: str
    body: str


class Texts(NamedTuple):
    """What is searched of an item; `beside` are words that make no text by themselves."""

    title: Translated
    bodies: Iterable[Translated]
    # What pictures show, where it is.
    beside: Iterable[Translated] = ()


def wordings(texts: Texts) -> list[Wording]:
    """Return what an item says in each language that anything of it is written in."""
    written = [text for text in texts.bodies if text]
    more = [text for text in texts.beside if text]
    found = []
    for language in LANGUAGES:
        name = texts.title.texts().get(language, "")
        said = [text for each in written if (text := each.texts().get(language))]
        if name or said:
            said += [text for each in more if (text := each.texts().get(language))]
            body = "\n".join(plain(text) for text in said)[:LONGEST_BODY]
            found.append(Wording(language, " ".join(name.split()), body))
    return found


def plain(markdown: str) -> str:
    """Markdown without its marks and addresses, in one line."""
    for pattern, instead in _MARKDOWN:
        markdown = pattern.sub(instead, markdown)
    return " ".join(markdown.split())


def title_words(wording: Wording) -> list[str]:
    """Return a title's words in three classes, in its order."""
    return [
        marked
        for token in tokens(wording.title, wording.language)
        for marked in (
            lexeme(TITLE_FORM, token.form),
            lexeme(_title_stem(wording), token.stem),
            lexeme(TITLE_KEY, token.key),
        )
        if marked
    ]


def _title_stem(wording: Wording) -> str:
    return TITLE_KAZAKH if wording.language == "kk" else TITLE_STEM


def all_words(wording: Wording) -> set[str]:
    """Return every indexed word of a text, its title's too."""
    words = set(title_words(wording))
    stem = KAZAKH if wording.language == "kk" else STEM
    for text in (wording.title, wording.body):
        for token in tokens(text, wording.language):
            words.add(lexeme(FORM, token.form))
            words.add(lexeme(stem, token.stem))
            words.add(lexeme(KEY, token.key))
    return words - {""}


def lexeme(mark: str, word: str) -> str:
    """Return a word of a class as the index holds it; nothing if nothing is left of the word."""
    bare = word.translate(_APOSTROPHES)
    return mark + bare if bare else ""


def digest_of(wording: Wording) -> str:
    """Return a digest of a text and the way it was analysed."""
    said = f"{VERSION}\n{wording.title}\n{wording.body}"
    return hashlib.sha256(said.encode(errors="surrogatepass")).hexdigest()[:16]


def place_of(day: date, kind: ItemKind, item_id: int, language: str) -> int:
    """Return a unique number for a text that rises with the day its item is about.

    The index is read from its end, so the latest are found first without sorting thousands.
    """
    number = day.toordinal() & (1 << _DAY_BITS) - 1
    number = number << _ITEM_BITS | item_id
    number = number << _KIND_BITS | _KINDS.index(kind)
    return number << _LANGUAGE_BITS | LANGUAGES.index(language)
