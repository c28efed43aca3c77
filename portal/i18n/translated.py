"""Text written by people in one or more languages, and what is known about each version."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Self

from portal.i18n.locale import LANGUAGES, current_language, language_of
from portal.i18n.paragraphs import (
    APART,
    MACHINE,
    PERSON,
    TranslatedParagraph,
    Version,
    all_stand,
    fingerprint,
    fresh_version,
    moved,
    paragraphs,
    stands,
    unchanged_where_same,
)


class State(StrEnum):
    """What a reader of one language can be told about a text; derived, never stored."""

    ORIGINAL = "original"
    TRANSLATED = "translated"
    MACHINE_DRAFT = "machine draft"
    OUT_OF_DATE = "out of date"
    MISSING = "missing"


class LocalizedText(NamedTuple):
    """A text together with the language it is really in, for HTML's lang (WCAG 3.1.2)."""

    text: str
    language: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Translated:
    """An immutable text in several languages, one of which is the original (BCP 47 tags)."""

    original: str
    versions: Mapping[str, Version]

    @classmethod
    def of(cls, original: str, /, **texts: str) -> Self:
        """Return people's non-empty texts, by paragraph where a translation has as many."""
        source = texts.get(original, "")
        return cls(
            original,
            {
                language: Version(texts[language])
                if language == original
                else fresh_version(source, texts[language])
                for language in LANGUAGES
                if texts.get(language)
            },
        )

    def revised(
        self, original: str, texts: Mapping[str, str], *, still_right: bool = False
    ) -> "Translated":
        """Return the text as edited by a person, in all its languages at once."""
        # Untouched translations stay tied to their paragraphs: only changed ones are out of date.
        # `still_right`: a person has compared, so all but a machine's are of the new original.
        fresh = Translated.of(original, **texts)
        if original != self.original:
            return fresh
        old, new = self.source, fresh.source
        versions = dict(fresh.versions)
        for language, version in fresh.versions.items():
            before = self.versions.get(language)
            if before is None or language == original:
                continue
            laid = moved(before, old, new, still_right=still_right)
            if before.text == version.text:
                versions[language] = laid
            elif version.translated_paragraphs:
                versions[language] = unchanged_where_same(version, laid)
        return Translated(original, versions)

    def put(
        self,
        language: str,
        texts: Sequence[str],
        seen: Sequence[str],
        *,
        by: str = PERSON,
        confirmed: Collection[int] = (),
    ) -> "Translated":
        """Return the text with one language translated by paragraph; ValueError unless as many.

        `seen` names the wording each was made from (`fingerprint`): where that has changed since,
        the passage is out of date at once. One that says the same as before stays a draft or out
        of date, unless its place is among those `confirmed`.
        """
        laid = []
        for place, (text, of, before) in enumerate(
            zip(texts, seen, self.translated_paragraphs(language), strict=True)
        ):
            if not text:
                laid.append(TranslatedParagraph(""))
            elif text == before.text and place not in confirmed:
                laid.append(before)
            else:
                laid.append(TranslatedParagraph(text, by, of))
        version = Version.made_of(laid)
        merged: dict[str, Version | None] = {**self.versions, language: version}
        versions = {tag: each for tag in LANGUAGES if (each := merged.get(tag)) is not None}
        return Translated(self.original, versions)

    @property
    def source(self) -> str:
        """The text in its original language; empty if nobody has written it."""
        version = self.versions.get(self.original)
        return version.text if version else ""

    def paragraphs(self) -> tuple[str, ...]:
        """Return the original, paragraph by paragraph; none if nobody has written it."""
        source = self.source
        return paragraphs(source) if source else ()

    def translated_paragraphs(self, language: str) -> tuple[TranslatedParagraph, ...]:
        """Return what stands for each original paragraph; a whole one is dealt out in order."""
        originals = self.paragraphs()
        version = self.versions.get(language)
        if version is None:
            return tuple(TranslatedParagraph("") for _each in originals)
        if version.translated_paragraphs or len(originals) <= 1:
            return version.translated_paragraphs or tuple(
                TranslatedParagraph(*version[:3]) for _each in originals
            )
        is_current = version.of == fingerprint(self.source)
        pieces = paragraphs(version.text)
        dealt = [*pieces[: len(originals) - 1], APART.join(pieces[len(originals) - 1 :])]
        dealt += [""] * (len(originals) - len(dealt))
        return tuple(
            TranslatedParagraph(text, version.by, fingerprint(of) if is_current else version.of)
            if text
            else TranslatedParagraph("")
            for text, of in zip(dealt, originals, strict=True)
        )

    def states(self, language: str) -> tuple[State, ...]:
        """Return each paragraph's state in `language`, one for all if translated as a whole."""
        originals = self.paragraphs()
        version = self.versions.get(language)
        if version is None:
            return (State.MISSING,) * len(originals)
        if language == self.original:
            return (State.ORIGINAL,) * len(originals)
        if not version.translated_paragraphs:
            return (_state(TranslatedParagraph(*version[:3]), self.source),) * len(originals)
        return tuple(map(_state, version.translated_paragraphs, originals))

    def state(self, language: str) -> State:
        """Return what a reader must know first of this text in `language`."""
        if language not in self.versions:
            return State.MISSING
        states = set(self.states(language)) or {State.TRANSLATED}
        if State.MISSING in states and not all_stand(
            self.translated_paragraphs(language), self.paragraphs()
        ):
            states.add(State.OUT_OF_DATE)
        order = (State.ORIGINAL, State.MACHINE_DRAFT, State.OUT_OF_DATE)
        return next((state for state in order if state in states), State.TRANSLATED)

    def parts(self, language: str | None = None) -> tuple[LocalizedText, ...]:
        """Return paragraphs for a reader of `language`, untranslated ones in the original."""
        wanted = language_of(language) if language else current_language.get()
        version = self.versions.get(wanted)
        if version is None or not version.translated_paragraphs:
            said = self.localized(wanted)
            return (said,) if said.text else ()
        return tuple(
            LocalizedText(
                passage.text or paragraph, wanted if stands(passage, paragraph) else self.original
            )
            for passage, paragraph in zip(
                version.translated_paragraphs, self.paragraphs(), strict=True
            )
        )

    def localized(self, language: str | None = None) -> LocalizedText:
        """Return the text in the reader's language if there is one, else the original."""
        wanted = language_of(language) if language else current_language.get()
        version = self.versions.get(wanted)
        if version is None:
            return LocalizedText(self.source, self.original)
        if not version.translated_paragraphs:
            return LocalizedText(version.text, wanted)
        return LocalizedText(APART.join(part.text for part in self.parts(wanted)), wanted)

    def texts(self) -> dict[str, str]:
        """Language to text, as forms show them."""
        return {language: version.text for language, version in self.versions.items()}

    def __bool__(self) -> bool:
        return bool(self.versions)

    def __hash__(self) -> int:
        return hash((self.original, tuple(self.versions.items())))

    def to_json(self) -> dict[str, Any]:
        """Return the stored form."""
        return {
            "original": self.original,
            "texts": {language: version.to_json() for language, version in self.versions.items()},
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(
            stored["original"],
            {language: Version.from_json(each) for language, each in stored["texts"].items()},
        )


def _state(passage: TranslatedParagraph, original: str) -> State:
    if not passage.text:
        return State.MISSING
    if passage.by == MACHINE:
        return State.MACHINE_DRAFT
    return State.TRANSLATED if passage.of == fingerprint(original) else State.OUT_OF_DATE
