"""What a correction may be. Pure decisions: no database, no clock."""

import re
from dataclasses import dataclass
from typing import Final

from portal.core.refusals import Refusal, Refusals
from portal.i18n.kazakh.scripts import ARABIC
from portal.i18n.locale import gettext_lazy as _

LONGEST_WORD: Final = 60
MAX_OUTPUT_LENGTH: Final = 80
# Public pages, without a query: others have secrets in their addresses.
_PUBLIC: Final = re.compile(
    r"/kk-[A-Za-z-]{4,7}"
    r"(/(events|stories|initiatives|organizations|calendar|tags|authors|results|about|rules"
    r"|privacy|contact)(/[a-z0-9-]{1,120})?)?"
)
_WORD: Final = re.compile("[\u0400-\u04ff]+(-[\u0400-\u04ff]+)*\\*?")
_ARABIC: Final = re.compile("[\u0600-\u06ff\u0750-\u077f]+([- ][\u0600-\u06ff\u0750-\u077f]+)*")
_LATIN: Final = re.compile("[A-Za-z\u00c0-\u024f\u02b9-\u02bc’']+([- ][A-Za-z\u00c0-\u024f’']+)*")


class WordUnfitError(Refusal):
    message = _("Write one Kazakh word in Cyrillic letters; * at its end stands for any ending.")
    field = "word"


class OutputUnfitError(Refusal):
    message = _("Write it in the letters of this script.")
    field = "output"


class WordMissingError(Refusal):
    message = _("Write the word as it stands on the page.")
    field = "word"


@dataclass(frozen=True, slots=True)
class CorrectedSpelling:
    """A Cyrillic word, or its beginning with an asterisk, and how it is written in a script."""

    script: str
    word: str
    output: str


def checked(spelling: CorrectedSpelling) -> CorrectedSpelling:
    """Return the correction with its word in small letters; raise all refusals there are."""
    word, output = spelling.word.strip().lower(), " ".join(spelling.output.split())
    letters = _ARABIC if spelling.script == ARABIC.tag else _LATIN
    refusals = Refusals()
    with refusals:
        if len(word) > LONGEST_WORD or not _WORD.fullmatch(word):
            raise WordUnfitError
    with refusals:
        if len(output) > MAX_OUTPUT_LENGTH or not letters.fullmatch(output):
            raise OutputUnfitError
    refusals.settle()
    return CorrectedSpelling(spelling.script, word, output)


def public_page(path: str) -> str:
    """Return the page a word stood on, if anybody may know it."""
    path = path.partition("?")[0]
    return path if _PUBLIC.fullmatch(path) else ""
