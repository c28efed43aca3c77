"""Bringing what a translator saw together with what the original says now. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import NamedTuple

from portal.core.refusals import Refusal
from portal.i18n.locale import gettext_lazy as _
from portal.i18n.paragraphs import TranslatedParagraph, fingerprint, has_words
from portal.i18n.translated import Translated


class TranslatedMeanwhileError(Refusal):
    message = _(
        "Somebody else has translated this passage meanwhile; theirs stands below. "
        "Compare, and save again what shall stay."
    )


@dataclass(frozen=True, slots=True)
class Typed:
    """One passage as the form sends it.

    `seen` names the wording of the original it was made from, `before` what the passage said when
    the page was opened; `is_confirmed` says that it is right as it is.
    """

    text: str
    seen: str
    before: str
    is_confirmed: bool = False


class Placed(NamedTuple):
    """Typed paragraphs laid over the original; `lost` are those whose original is gone."""

    translated_paragraphs: tuple[Typed, ...]
    lost: tuple[str, ...]


def placed(text: Translated, language: str, typed: Sequence[Typed]) -> Placed:
    """Find the place of every passage; what was not on the page stays as it is."""
    now = [fingerprint(paragraph) for paragraph in text.paragraphs()]
    seen = [each.seen for each in typed]
    laid = [
        _untouched(passage, of)
        for passage, of in zip(text.translated_paragraphs(language), now, strict=True)
    ]
    lost: list[str] = []
    matcher = SequenceMatcher(None, seen, now, autojunk=False)
    for _tag, start, stop, first, last in matcher.get_opcodes():
        for at in range(start, stop):
            place = first + at - start
            if place < last:
                laid[place] = typed[at]
            elif typed[at].text and fingerprint(typed[at].text) != typed[at].before:
                lost.append(typed[at].text)
    return Placed(tuple(laid), tuple(lost))


def _untouched(passage: TranslatedParagraph, of: str) -> Typed:
    return Typed(passage.text, passage.of or of, fingerprint(passage.text))


def conflicts(text: Translated, language: str, typed: Sequence[Typed]) -> dict[int, str]:
    """By place, what somebody else has made of a passage that was changed here too."""
    return {
        place: passage.text
        for place, (passage, each) in enumerate(
            zip(text.translated_paragraphs(language), typed, strict=True)
        )
        if fingerprint(passage.text) != each.before
        and each.text != passage.text
        and fingerprint(each.text) != each.before
    }


def refreshed(text: Translated, language: str, typed: Sequence[Typed]) -> tuple[Typed, ...]:
    """Return what was typed; untouched paragraphs say what others made of them meanwhile."""
    return tuple(
        replace(each, text=passage.text) if fingerprint(each.text) == each.before else each
        for passage, each in zip(text.translated_paragraphs(language), typed, strict=True)
    )


def merged(text: Translated, language: str, typed: Sequence[Typed]) -> Translated:
    """Return the text with what was typed, as `refreshed` has it."""
    texts = [each.text for each in typed]
    confirmed = [place for place, each in enumerate(typed) if each.is_confirmed]
    return text.put(language, texts, [each.seen for each in typed], confirmed=confirmed)


def progress(texts: Mapping[str, Translated], language: str) -> int:
    """Return how much of some texts has been translated at all, in per cent."""
    passages = [
        passage
        for text in texts.values()
        for paragraph, passage in zip(
            text.paragraphs(), text.translated_paragraphs(language), strict=True
        )
        if passage.text or has_words(paragraph)
    ]
    return 100 * sum(bool(passage.text) for passage in passages) // max(1, len(passages))
