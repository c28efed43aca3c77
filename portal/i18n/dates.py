"""Dates and hours in the words of the language now spoken; formatted once, since days repeat."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from babel import dates as cldr
from babel import numbers
from babel.core import Locale
from babel.lists import format_list

from portal.i18n.locale import LOCALES, current_language, gettext, ngettext

# A weekday longer than this does not fit beside its date and is shortened.
LONGEST_WEEKDAY = 8
LONGEST_MONTH = 8
MINUTES_A_DAY = 24 * 60


def locale() -> Locale:
    """Return the CLDR locale of the language now spoken."""
    return LOCALES[current_language.get()]


@lru_cache(maxsize=4096)
def _formatted(day: date, pattern: str, language: str) -> str:
    return cldr.format_date(day, pattern, locale=LOCALES[language])


def full(day: date) -> str:
    """Weekday, day, month and year, as one says a date."""
    return _formatted(day, "full", current_language.get())


def long(day: date) -> str:
    """Day, month and year."""
    return _formatted(day, "long", current_language.get())


def month_name(day: date) -> str:
    """Return the month as part of a date ("апреля"), shortened where its name is long."""
    name = _formatted(day, "MMMM", current_language.get())
    return name if len(name) <= LONGEST_MONTH else _formatted(day, "MMM", current_language.get())


def month_and_year(day: date) -> str:
    """Return the month by itself with its year, as a calendar's caption."""
    text = _formatted(day, "LLLL y", current_language.get())
    return text[:1].upper() + text[1:]


class Leaf(NamedTuple):
    """A day as a calendar's leaf shows it, and as one says it."""

    weekday: str
    day: str
    month: str
    full: str


@lru_cache(maxsize=1024)
def _leaf(day: date, _language: str) -> Leaf:
    weekday = _formatted(day, "EEEE", current_language.get())
    if len(weekday) > LONGEST_WEEKDAY:
        weekday = short_weekday(day)
    return Leaf(weekday, str(day.day), month_name(day), full(day))


def leaf(day: date) -> Leaf:
    """Return the weekday, the day and the month, shortened where their names are long."""
    return _leaf(day, current_language.get())


def short_weekday(day: date) -> str:
    """Return the weekday in two or three letters."""
    return _formatted(day, "EEE", current_language.get())


def long_weekday(day: date) -> str:
    """Return the weekday's whole name, to stand alone."""
    return _formatted(day, "cccc", current_language.get())


def hour(wall: datetime) -> str:
    """Hours and minutes on a 24-hour clock, as all three languages write them."""
    return f"{wall.hour:02}:{wall.minute:02}"


def stamp(wall: datetime) -> str:
    """Date and hour together."""
    return gettext("%(date)s, %(hour)s", date=long(wall.date()), hour=hour(wall))


def duration(length: timedelta) -> str:
    """Return how long something takes, in days, hours and minutes."""
    return _duration(length, current_language.get())


@lru_cache(maxsize=512)
def _duration(length: timedelta, _language: str) -> str:
    minutes = int(length.total_seconds()) // 60
    days, minutes = divmod(minutes, MINUTES_A_DAY)
    hours, minutes = divmod(minutes, 60)
    parts = []
    if days:
        parts.append(ngettext("%(num)s day", "%(num)s days", days))
    if hours:
        parts.append(ngettext("%(num)s hour", "%(num)s hours", hours))
    if minutes or not parts:
        parts.append(ngettext("%(num)s minute", "%(num)s minutes", minutes))
    return " ".join(parts[:2])


def relative(instant: datetime, now: datetime) -> str:
    """Return how far away an instant is ("in 3 days"), in CLDR's words."""
    return cldr.format_timedelta(instant - now, add_direction=True, locale=locale(), threshold=1)


def number(value: float) -> str:
    """Return a number with the language's separators, one decimal at most."""
    return numbers.format_decimal(value, "#,##0.#", locale=locale())


def percent(share: float) -> str:
    """Return a share from 0 to 1 as a whole percentage."""
    return numbers.format_percent(share, locale=locale())


@lru_cache(maxsize=512)
def _listed(words: tuple[str, ...], language: str) -> str:
    return format_list(words, locale=LOCALES[language])


def listed(words: Iterable[str]) -> str:
    """Words joined as the language lists them."""
    return _listed(tuple(words), current_language.get())


@lru_cache(maxsize=512)
def _language_name(tag: str, language: str) -> str:
    return str(LOCALES[language].languages.get(tag, tag))


def language_name(tag: str) -> str:
    """Return the name of a language, by BCP 47 tag."""
    return _language_name(tag, current_language.get())


@lru_cache(maxsize=512)
def _languages(tags: tuple[str, ...], _language: str) -> str:
    return listed(language_name(tag) for tag in tags)


def languages(tags: tuple[str, ...]) -> str:
    """Names of languages, by BCP 47 tags, as the language now spoken lists them."""
    return _languages(tags, current_language.get())


@lru_cache(maxsize=512)
def _country_name(code: str, language: str) -> str:
    return str(LOCALES[language].territories.get(code, code))


def country_name(code: str) -> str:
    """Return the name of a country, by ISO 3166 code."""
    return _country_name(code, current_language.get())
