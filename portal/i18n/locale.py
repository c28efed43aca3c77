"""The languages of the portal: which one is being spoken now, and how to say a message in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from io import BytesIO
from typing import Any, Final

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from portal import HOME
from portal.i18n.kazakh.scripts import ARABIC, LATIN, LATIN_TURKISH, SCRIPTS

LANGUAGES: Final = ("kk", "ru", "en")
SOURCE_LANGUAGE: Final = "en"
# What a page's address begins with: a language and, for Kazakh, a script (BCP 47). Texts are kept
# in languages; pages, letters and feeds are read in tags.
LANGUAGE_TAGS: Final = ("kk", ARABIC.tag, LATIN.tag, LATIN_TURKISH.tag, "ru", "en")
# Those that are told to search engines and stand in the language switch; the other letters of
# Latin are a choice that pages in Latin offer.
SWITCH: Final = ("kk", LATIN.tag, ARABIC.tag, "ru", "en")
# How each calls itself; never translated.
OWN_NAMES: Final = {
    "kk": "Қазақша",
    "ru": "Русский",
    "en": "English",
    **{tag: script.own_name for tag, script in SCRIPTS.items()},
}
# CLDR locales that exist; en_GB for day-month order and Monday as the first day of the week.
LOCALES: Final = {
    "kk": Locale.parse("kk"),
    "ru": Locale.parse("ru"),
    "en": Locale.parse("en_GB"),
}
current_language: ContextVar[str] = ContextVar("current_language", default=SOURCE_LANGUAGE)
# The same with the script that what is said will be read in.
current_tag: ContextVar[str] = ContextVar("current_tag", default=SOURCE_LANGUAGE)


def _catalogue(language: str) -> NullTranslations:
    """Return the catalogue compiled in memory, so that no built file can lag behind its source."""
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    with (HOME / "locales" / language / "LC_MESSAGES" / "portal.po").open("rb") as source:
        messages = read_po(source, locale=language, domain="portal")
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(compiled, domain="portal")


_catalogues = {language: _catalogue(language) for language in LANGUAGES}


def language_of(tag: str) -> str:
    """Return the language of a tag, whatever its script."""
    return tag.partition("-")[0]


def speak(tag: str) -> None:
    """Say everything from now on in a language, to be read in the tag's script."""
    current_language.set(language_of(tag))
    current_tag.set(tag)


@contextmanager
def use_locale(tag: str) -> Iterator[None]:
    """Say everything inside the block so."""
    before = current_language.set(language_of(tag)), current_tag.set(tag)
    try:
        yield
    finally:
        current_language.reset(before[0])
        current_tag.reset(before[1])


@lru_cache(maxsize=8192)  # more than there are messages; a page says some thirty again and again
def _translated(language: str, message: str) -> str:
    translated: str = _catalogues[language].gettext(message)
    return translated


def gettext(message: str, **values: Any) -> str:
    """Return the message in the language now spoken, placeholders filled."""
    translated = _translated(current_language.get(), message)
    return translated % values if values else translated


def plural_form(one: str, many: str, num: int) -> str:
    """Return the form of the message that goes with `num`, its placeholders unfilled."""
    form: str = _catalogues[current_language.get()].ngettext(one, many, num)
    return form


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """Return the form of the message that goes with `num`; %(num)s is always available."""
    return plural_form(one, many, num) % {"num": num, **values}


def pgettext(context: str, message: str, **values: Any) -> str:
    """Return the message where the same English word means two things."""
    translated = str(_catalogues[current_language.get()].pgettext(context, message))
    return translated % values if values else translated


class LazyText:
    """A message marked where it is written and said in the reader's language when it is shown."""

    __slots__ = ("context", "message")

    def __init__(self, message: str, context: str | None = None) -> None:
        self.message = message
        self.context = context

    def __str__(self) -> str:
        if self.context is not None:
            return pgettext(self.context, self.message)
        return gettext(self.message)

    def __html__(self) -> str:
        from markupsafe import escape  # noqa: PLC0415 - needed by templates only

        return str(escape(str(self)))


def gettext_lazy(message: str) -> LazyText:
    """Mark a message for the catalogues; see LazyText."""
    return LazyText(message)


def pgettext_lazy(context: str, message: str) -> LazyText:
    """Mark a message with its context for the catalogues; see LazyText."""
    return LazyText(message, context)


def direction_of(tag: str) -> str:
    """Return which way a language is written, by BCP 47 tag: HTML's `dir`."""
    is_leftward = "-Arab" in tag or tag.partition("-")[0] in {"ar", "fa", "ug", "ur"}
    return "rtl" if is_leftward else "ltr"


def match_tag(accept_language: str) -> str:
    """Return the tag nearest to an Accept-Language header: by language, then script or region."""
    # Not Babel's negotiation, which knows no scripts and raises on tags such as kk-MN.
    wanted: list[tuple[float, int, str]] = []
    for position, part in enumerate(accept_language.split(",")[:20]):
        tag, _sep, parameters = part.strip().partition(";")
        try:
            weight = float(parameters.partition("=")[2]) if parameters else 1.0
        except ValueError:
            continue
        wanted.append((-weight, position, _nearest(tag.strip().lower().split("-"))))
    return next((tag for weight, _at, tag in sorted(wanted) if tag and weight < 0), "kk")


def _nearest(subtags: list[str]) -> str:
    """Return the portal's tag for the lower-case parts of another; empty if it has none."""
    language, *more = subtags
    if language != "kk":
        return language if language in LANGUAGES else ""
    if "latn" in more:
        return LATIN_TURKISH.tag if "tr" in more else LATIN.tag
    if "cyrl" in more:
        return "kk"
    return ARABIC.tag if {"arab", "cn"} & {*more} else LATIN.tag if "tr" in more else "kk"
