"""Translations by paragraph: what each passage was made from, and where it belongs now."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any, Final, NamedTuple, Self

PERSON: Final = "person"
MACHINE: Final = "machine"
APART: Final = "\n\n"


class TranslatedParagraph(NamedTuple):
    """A paragraph's translation, if there is one yet, its author and what it was made from."""

    text: str
    by: str = PERSON
    of: str | None = None


class Version(NamedTuple):
    """One language's text: who wrote it, and the hash of the original it was made from."""

    # `passages` has one for each paragraph of the original; without, it was translated as a whole.

    text: str
    by: str = PERSON
    of: str | None = None
    translated_paragraphs: tuple[TranslatedParagraph, ...] = ()

    @classmethod
    def made_of(cls, passages: Sequence[TranslatedParagraph]) -> Self | None:
        """Return the version of these passages; None if all are still to be made."""
        if not any(passage.text for passage in passages):
            return None
        if len(passages) == 1:
            return cls(*passages[0])
        text = APART.join(passage.text for passage in passages if passage.text)
        return cls(text, translated_paragraphs=tuple(passages))

    def to_json(self) -> dict[str, Any]:
        """Return the stored form, without what says nothing."""
        if self.translated_paragraphs:
            return {"passages": [_attributed(*passage) for passage in self.translated_paragraphs]}
        return _attributed(self.text, self.by, self.of)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        if "passages" not in stored:
            return cls(**stored)
        passages = tuple(TranslatedParagraph(**passage) for passage in stored["passages"])
        return cls(
            APART.join(each.text for each in passages if each.text), translated_paragraphs=passages
        )


def _attributed(text: str, by: str, of: str | None) -> dict[str, Any]:
    return {"text": text} | ({"by": by} if by != PERSON else {}) | ({"of": of} if of else {})


@lru_cache(maxsize=8192)
def fingerprint(text: str) -> str:
    """Return a name of a wording; 64 bits of SHA-256 are ample to notice a change."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")


@lru_cache(maxsize=1024)
def paragraphs(text: str) -> tuple[str, ...]:
    """Return what empty lines part, as Markdown has it; a fenced block is one paragraph."""
    found: list[list[str]] = [[]]
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif mark:
            fence = mark[1]
        elif not line.strip():
            found += [[]] if found[-1] else []
            continue
        found[-1].append(line)
    parts = tuple("\n".join(lines) for lines in found if lines)
    return parts if len(parts) > 1 else (text,)


# A picture without words of its own, and an address.
_NAMELESS: Final = re.compile(r"!\[\]\([^)\s]*\)|<?https?://\S+>?", re.IGNORECASE)


@lru_cache(maxsize=8192)
def has_words(paragraph: str) -> bool:
    """Return whether a paragraph is in any language: no picture, address, number or rule is."""
    return any(character.isalpha() for character in _NAMELESS.sub("", paragraph))


def stands(passage: TranslatedParagraph, paragraph: str) -> bool:
    """Return whether a translation is whole here: it is written, or there are no words."""
    return bool(passage.text) or not has_words(paragraph)


def all_stand(passages: Sequence[TranslatedParagraph], originals: Sequence[str]) -> bool:
    """Return whether every translation is whole."""
    return all(map(stands, passages, originals))


def fresh_version(source: str, text: str) -> Version:
    """Return a person's translation of the whole source as it is now."""
    originals, pieces = paragraphs(source), paragraphs(text)
    if len(originals) == 1 or len(pieces) != len(originals):
        return Version(text, of=fingerprint(source))
    pairs = zip(originals, pieces, strict=True)
    passages = tuple(
        TranslatedParagraph(piece, of=fingerprint(original)) for original, piece in pairs
    )
    return Version(APART.join(pieces), translated_paragraphs=passages)


def unchanged_where_same(version: Version, before: Version) -> Version:
    """Return a version typed anew, in which paragraphs that nobody touched stay."""
    old = {passage.text: passage for passage in before.translated_paragraphs if passage.text}
    return version._replace(
        translated_paragraphs=tuple(
            old.get(passage.text, passage) for passage in version.translated_paragraphs
        )
    )


def moved(before: Version, old: str, new: str, *, still_right: bool) -> Version:
    """Return an untouched translation laid over a new original, whole if no paragraph is left."""
    olds, news = paragraphs(old), paragraphs(new)
    passages = before.translated_paragraphs or (TranslatedParagraph(*before[:3]),)
    if len(passages) != len(olds):  # made of the whole
        is_right = still_right and before.by != MACHINE
        return before._replace(of=fingerprint(new)) if is_right else before
    left = {passage.of: passage for passage in passages if passage.text}
    laid: list[TranslatedParagraph] = []
    for start, stop, first, last in _aligned(olds, news):
        for place in range(first, last):
            paragraph, at = news[place], start + place - first
            passage = (
                passages[at]
                if at < stop
                else left.get(fingerprint(paragraph), TranslatedParagraph(""))
            )
            if still_right and at < stop and passage.text and passage.by != MACHINE:
                passage = passage._replace(of=fingerprint(paragraph))
            laid.append(passage)
    return Version.made_of(laid) or Version(before.text, before.by, _origin(passages, olds, old))


def _origin(passages: Sequence[TranslatedParagraph], olds: Sequence[str], old: str) -> str | None:
    """Return what passages put together were made from; None if from several originals at once."""
    made = [passage for passage in passages if passage.text]
    if len(made) == 1:
        return made[0].of
    is_current = [passage.of for passage in passages] == [fingerprint(each) for each in olds]
    return fingerprint(old) if is_current else None


def _aligned(olds: Sequence[str], news: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Pair runs of paragraphs that belong together: where they stood and where they stand."""
    matcher = SequenceMatcher(None, olds, news, autojunk=False)
    return [opcode[1:] for opcode in matcher.get_opcodes()]
