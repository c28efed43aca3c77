"""Counting paragraphs by state, and what that makes of an item. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from portal.core.refusals import Refusal
from portal.domain.publishing.translation_progress.models import TranslationLink
from portal.i18n.locale import gettext_lazy as _
from portal.i18n.paragraphs import has_words
from portal.i18n.translated import State, Translated

LINK_LASTS: Final = timedelta(days=30)
MAX_LINKS: Final = 20


class TooManyLinksError(Refusal):
    message = _("There are %(most)s open links for this translation already. Withdraw one first.")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many paragraphs of an item are in which state, in one language."""

    is_original: bool
    translated: int = 0
    drafts: int = 0
    outdated: int = 0
    missing: int = 0

    @property
    def total(self) -> int:
        """All paragraphs there are to translate."""
        return self.translated + self.drafts + self.outdated + self.missing

    @property
    def done(self) -> int:
        """How much is translated and up to date, in per cent; whole only when nothing is left."""
        return 100 if not self.total else self.translated * 100 // self.total

    @property
    def state(self) -> State:
        """What the item is in this language: what has to be known first."""
        if self.is_original:
            return State.ORIGINAL
        if self.missing == self.total and self.total:
            return State.MISSING
        if self.drafts:
            return State.MACHINE_DRAFT
        return State.OUT_OF_DATE if self.outdated or self.missing else State.TRANSLATED

    @property
    def is_wanting(self) -> bool:
        """Whether there is anything to do."""
        return not self.is_original and self.translated < self.total


def count(texts: Iterable[Translated], language: str) -> Counts:
    """Count over all texts of an item; those nobody has written yet count for nothing.

    Neither do paragraphs that are in no language (passages.has_words) and left as they are.
    """
    written = [text for text in texts if text.paragraphs()]
    states = Counter(
        state
        for text in written
        for paragraph, state in zip(text.paragraphs(), text.states(language), strict=True)
        if state is not State.MISSING or has_words(paragraph)
    )
    is_original = bool(written) and all(text.original == language for text in written)
    return Counts(
        is_original=is_original,
        translated=states[State.ORIGINAL] + states[State.TRANSLATED],
        drafts=states[State.MACHINE_DRAFT],
        outdated=states[State.OUT_OF_DATE],
        missing=states[State.MISSING],
    )


def urgency(counts: Counts, requests: int) -> tuple[int, int, int]:
    """Return the order of the queue: asked for, then misleading, then missing."""
    stage = 0 if counts.outdated else 1 if counts.drafts else 2
    return (-requests, stage, -counts.done)


def is_open(link: TranslationLink, now: datetime) -> bool:
    """Return whether a link still lets anybody translate."""
    return link.withdrawn_at is None and now < link.expires_at
