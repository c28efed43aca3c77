"""Text written by people in one or more languages, and what is known about each version."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from portal.i18n import LANGUAGES, current_language

if TYPE_CHECKING:
    from collections.abc import Mapping


class State(StrEnum):
    """What a reader of one language can be told about a text; derived, never stored."""

    ORIGINAL = "original"
    TRANSLATED = "translated"
    MACHINE_DRAFT = "machine draft"
    OUT_OF_DATE = "out of date"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Said:
    """A text together with the language it is really in, for HTML's lang (WCAG 3.1.2)."""

    text: str
    language: str

    def __str__(self) -> str:
        return self.text


class Version(NamedTuple):
    """One language's text: who wrote it, and the hash of the original it was made from."""

    text: str
    by: str = "person"
    of: str | None = None


def fingerprint(text: str) -> str:
    """Names a wording; 64 bits of SHA-256 are ample to notice that an original has changed."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Translated:
    """An immutable text in several languages, one of which is the original (BCP 47 tags)."""

    original: str
    versions: Mapping[str, Version]

    @classmethod
    def of(cls, original: str, /, **texts: str) -> Self:
        """All given non-empty texts as written by people, translations made from this original."""
        base = fingerprint(texts.get(original, ""))
        return cls(
            original,
            {
                language: Version(texts[language], of=None if language == original else base)
                for language in LANGUAGES
                if texts.get(language)
            },
        )

    def revised(self, original: str, texts: Mapping[str, str]) -> Translated:
        """The text as edited by a person.

        A translation left as it was stays tied to the original it was made from, so that changing
        the original alone makes it out of date; a translation edited now is of the new original.
        """
        fresh = Translated.of(original, **texts)
        return Translated(
            original,
            {
                language: before
                if (before := self.versions.get(language)) is not None
                and before.text == version.text
                and language != original
                and before.of is not None
                else version
                for language, version in fresh.versions.items()
            },
        )

    def state(self, language: str) -> State:
        """What this text is in `language`."""
        version = self.versions.get(language)
        if version is None:
            return State.MISSING
        if language == self.original:
            return State.ORIGINAL
        if version.by == "machine":
            return State.MACHINE_DRAFT
        original = self.versions.get(self.original)
        current = fingerprint(original.text if original else "")
        return State.TRANSLATED if version.of == current else State.OUT_OF_DATE

    def said(self, language: str | None = None) -> Said:
        """The text in the reader's language if there is one, else the original."""
        wanted = language or current_language.get()
        version = self.versions.get(wanted)
        if version is not None:
            return Said(version.text, wanted)
        version = self.versions.get(self.original)
        return Said(version.text if version else "", self.original)

    def texts(self) -> dict[str, str]:
        """Language to text, as forms show them."""
        return {language: version.text for language, version in self.versions.items()}

    def __bool__(self) -> bool:
        return bool(self.versions)

    def to_json(self) -> dict[str, Any]:
        """The stored form; `by` and `of` are left out where they say nothing."""
        return {
            "original": self.original,
            "texts": {
                language: {
                    "text": version.text,
                    **({"by": version.by} if version.by != "person" else {}),
                    **({"of": version.of} if version.of else {}),
                }
                for language, version in self.versions.items()
            },
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Reads what `to_json` wrote."""
        return cls(
            stored["original"],
            {language: Version(**version) for language, version in stored["texts"].items()},
        )
