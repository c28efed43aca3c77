"""Kazakh text put from Cyrillic into Latin or Arabic script, whole texts at a time."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from portal.i18n.kazakh import words
from portal.i18n.kazakh.exceptions import Exceptions, exceptions_of, known_exceptions
from portal.i18n.kazakh.letters import ALPHABET, LOOK_ALIKES, latin_capital
from portal.i18n.kazakh.protected import HINT, PROTECTED


class Script(NamedTuple):
    """A script that Kazakh can be read in beside Cyrillic."""

    # BCP 47.
    tag: str
    # HTML's `lang` for it: the variant is the reader's choice of letters, not another script.
    lang: str
    direction: str
    own_name: str


LATIN: Final = Script("kk-Latn", "kk-Latn", "ltr", "Qazaqşa")
LATIN_TURKISH: Final = Script("kk-Latn-TR", "kk-Latn", "ltr", "Qazaqşa (Türk harfleriyle)")
ARABIC: Final = Script("kk-Arab", "kk-Arab", "rtl", "قازاقشا")
SCRIPTS: Final = {script.tag: script for script in (LATIN, LATIN_TURKISH, ARABIC)}

_RULES: Final[dict[str, Callable[[str], str]]] = {
    "kk-Latn": words.to_latin,
    "kk-Latn-TR": words.to_turkish_latin,
    "kk-Arab": words.to_arabic,
}
CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
_LATIN_LETTER: Final = re.compile("[A-Za-z\u00c0-\u024f]")
# A word: Cyrillic letters, with Latin ones typed among them and marks not yet composed.
_RUN: Final = "(?<![A-Za-zəƏɵƟ])[A-Za-zəƏɵƟ]*[\u0400-\u04ff][\u0400-\u04ffA-Za-zəƏɵƟ\u0306\u0308]*"
_WORD: Final = re.compile(f"(?P<word>{_RUN})")
_WORD_OR_NOT: Final = re.compile(f"{PROTECTED}|(?P<word>{_RUN})")
# Commas between digits belong to a number.
_SIGN: Final = r"(?P<sign>[;?]|,(?!\d)|(?<!\d),)"
_WORD_SIGN: Final = re.compile(f"(?P<word>{_RUN})|{_SIGN}")
_WORD_SIGN_OR_NOT: Final = re.compile(f"{PROTECTED}|(?P<word>{_RUN})|{_SIGN}")
_SIGNS: Final = {",": "،", ";": "؛", "?": "؟"}
_FOREIGN: Final = re.compile(f"[^{ALPHABET}{ALPHABET.upper()}]")
_PARTS: Final = re.compile("([A-Za-zəƏɵƟ]+)")
_CAPITALS: Final = re.compile("[^\\W\\d_]{4}")
# Roman numerals as they are typed on a Kazakh keyboard: ХХІ.
_ROMAN: Final = re.compile(
    "(?=.*[ІХVIX])[МM]{0,3}(?:[СC][МM]|[СC]D|D?[СC]{0,3})(?:[ХX][СC]|[ХX]L|L?[ХX]{0,3})"
    "(?:[ІI][ХX]|[ІI]V|V?[ІI]{0,3})"
)
_TO_ROMAN: Final = str.maketrans("МСХІ", "MCXI")
# Distinct words of a script kept as they were converted; some two megabytes.
_MAX_CACHED: Final = 10_000


def convert(text: str, script: Script, overrides: Mapping[str, str] | None = None) -> str:
    """Return Kazakh Cyrillic text in another script; converting twice changes nothing.

    Addresses, placeholders, tags, entities, handles, hashtags, numbers and other alphabets stay.
    Roman numerals in Cyrillic letters become Roman. `overrides` maps words (`сөз`, or `сөз*` with
    any ending) to how they are written in this script, and goes before the portal's exceptions.
    """
    return converter(script, overrides)(text)


def converter(script: Script, overrides: Mapping[str, str] | None = None) -> Callable[[str], str]:
    """Return what converts one text after the other; see `convert`."""
    return _Converter(script, exceptions_of(overrides)) if overrides else _CONVERTERS[script.tag]


def _is_heading(text: str) -> bool:
    """Return whether all is in capitals, so that short words need not be abbreviations."""
    return text.isupper() and bool(_CAPITALS.search(text))


class _Converter:
    """Converts texts into one script."""

    def __init__(self, script: Script, overrides: Exceptions | None = None) -> None:
        self._is_arabic = script is ARABIC
        shared = _SHARED[script.tag]
        own = tuple(_Corrected(each, overrides) for each in shared) if overrides else shared
        self._words, self._words_of_headings = own

    def __call__(self, text: str) -> str:
        if not CYRILLIC.search(text) and (not self._is_arabic or _LATIN_LETTER.search(text)):
            return text
        kept = self._words_of_headings if _is_heading(text) else self._words
        if self._is_arabic:
            pattern = _WORD_SIGN_OR_NOT if HINT.search(text) else _WORD_SIGN
            return pattern.sub(kept.word_or_sign, text)
        pattern = _WORD_OR_NOT if HINT.search(text) else _WORD
        return pattern.sub(kept.word, text)


class _CachedWords(dict[str, str]):
    """Words of one script as they were converted, remembered by their spelling."""

    def __init__(self, script: Script, exceptions: Exceptions, *, is_heading: bool) -> None:
        super().__init__()
        self.script = script
        self._exceptions = exceptions
        self._is_heading = is_heading
        self._rule = _RULES[script.tag]

    def word(self, found: re.Match[str]) -> str:
        """Return what stands for a word; whatever else was found is passed by."""
        run: str | None = found["word"]
        return found[0] if run is None else self._read(run, found)

    def word_or_sign(self, found: re.Match[str]) -> str:
        """Return the same where punctuation is another too."""
        kind = found.lastgroup
        if kind == "word":
            return self._read(found[0], found)
        return found[0] if kind is None else _SIGNS[found[0]]

    def _read(self, run: str, found: re.Match[str]) -> str:
        """Return the numeral, or None: one letter and a dot are somebody's initial."""
        if len(run) == 1 and found.string.startswith(".", found.end()):
            return self._ending(run.lower()) if self.script is ARABIC else self._rule(run)
        return self[run]

    def __missing__(self, run: str) -> str:
        if len(self) >= _MAX_CACHED:
            self.clear()
        made = self[run] = self._converted(unicodedata.normalize("NFC", run), run)
        return made

    def _converted(self, run: str, typed: str) -> str:
        if _ROMAN.fullmatch(run):
            return run.translate(_TO_ROMAN)
        if not _FOREIGN.search(run):
            return self._written(run)
        mended = run.translate(LOOK_ALIKES)
        if not _FOREIGN.search(mended) and _is_mostly_cyrillic(run):
            return self._written(mended)
        parts = _PARTS.split(run)
        if len(parts) == 1:
            return typed  # letters of another language
        return "".join(part if at % 2 else self[part] for at, part in enumerate(parts) if part)

    def _written(self, word: str) -> str:
        small = word.lower()
        if (found := self._exceptions.found(small)) is not None:
            written, rest = found
            return _capitalised(written, word, self.script) + self._ending(rest)
        if self.script is ARABIC and not self._is_heading and words.is_abbreviation(word):
            return words.spelt_in_arabic(word)
        return self._rule(word)

    def _ending(self, rest: str) -> str:
        """Return what is written without the hamza of a beginning."""
        return words.bare_arabic(rest) if self.script is ARABIC else self._rule(rest)


class _Corrected(_CachedWords):
    """Words that somebody corrected, before those that everybody shares."""

    def __init__(self, shared: _CachedWords, overrides: Exceptions) -> None:
        super().__init__(shared.script, overrides, is_heading=False)
        self._shared = shared

    def _written(self, word: str) -> str:
        is_corrected = self._exceptions.found(word.lower()) is not None
        return super()._written(word) if is_corrected else self._shared[word]


def _is_mostly_cyrillic(run: str) -> bool:
    cyrillic = len(CYRILLIC.findall(run))
    return cyrillic * 2 > len(run) or cyrillic == len(run)


def _capitalised(written: str, word: str, script: Script) -> str:
    """Return an exception with the capitals of the word it stands for; Arabic script has none."""
    if script is ARABIC or not word[:1].isupper() or not written[:1].islower():
        return written
    if len(word) > 1 and word.isupper():
        return latin_capital(written)
    return latin_capital(written[:1]) + written[1:]


_SHARED: Final = {
    tag: tuple(
        _CachedWords(script, known_exceptions(tag), is_heading=is_heading)
        for is_heading in (False, True)
    )
    for tag, script in SCRIPTS.items()
}
_CONVERTERS: Final = {tag: _Converter(script) for tag, script in SCRIPTS.items()}
