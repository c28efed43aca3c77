"""Translations that come back as files, laid over what they were made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from portal.core.refusals import Refusal
from portal.domain.translation.items import TranslatableItem
from portal.domain.translation.rules import Typed
from portal.i18n.locale import gettext_lazy as _
from portal.i18n.paragraphs import fingerprint
from portal.i18n.translated import State

# What a person must read before it counts as translated.
UNSURE: Final = {State.OUT_OF_DATE, State.MACHINE_DRAFT}


class OtherLanguageError(Refusal):
    """The file says of itself that it is something else."""

    message = _("This file is in another language. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Given:
    """One paragraph of a file; `was` names its wording when the file was made."""

    text: str
    was: str
    is_sure: bool = True


class Read(NamedTuple):
    """A file laid over an item: its passages, and translations of what the original has lost."""

    typed: dict[str, list[Typed]]
    lost: list[str]


def laid_over(
    item: TranslatableItem, language: str, given: Mapping[tuple[str, str], Given]
) -> Read:
    """Find passages by their field and paragraph, wherever that stands now."""
    left = dict(given)
    typed = {
        field.name: [
            _typed(left.pop((field.name, paragraph), None), paragraph, passage.text)
            for paragraph, passage in zip(
                field.text.paragraphs(), field.text.translated_paragraphs(language), strict=True
            )
        ]
        for field in item.fields
        if field.text.original != language
    }
    lost = [each.text for each in left.values() if each.was != fingerprint(each.text)]
    return Read(typed, lost)


def _typed(given: Given | None, paragraph: str, now: str) -> Typed:
    seen = fingerprint(paragraph)
    if given is None or not given.is_sure:
        return Typed(now, seen, fingerprint(now))
    return Typed(given.text, seen, given.was, is_confirmed=True)
