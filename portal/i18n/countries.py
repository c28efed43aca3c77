"""Countries by ISO 3166-1, named as CLDR names them in the language now spoken."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from portal.i18n.collation import in_alphabet
from portal.i18n.dates import country_name
from portal.i18n.locale import LOCALES, current_language

# CLDR's two-letter territories that ISO 3166-1 does not assign: groupings, parts, placeholders.
_OTHERS: Final = frozenset(
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
)
COUNTRIES: Final = frozenset(
    str(code)
    for code in LOCALES["en"].territories
    if re.fullmatch("[A-Z]{2}", str(code)) and code not in _OTHERS
)


def is_country(code: str) -> bool:
    """Return whether `code` may be chosen."""
    return code in COUNTRIES


def country_options() -> list[tuple[str, str]]:
    """Return all countries in the reader's alphabetical order, to choose from."""
    return list(_options(current_language.get()))


@lru_cache(maxsize=len(LOCALES))
def _options(language: str) -> tuple[tuple[str, str], ...]:
    del language  # only tells the languages apart; country_name reads the current one
    return tuple(with_names(COUNTRIES))


def with_names(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Return some countries with their names, in the reader's alphabetical order."""
    named = [(code, country_name(code)) for code in codes]
    return sorted(named, key=lambda pair: in_alphabet(pair[1]))
