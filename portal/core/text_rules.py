"""What a text from a person may hold, whichever subject it belongs to."""

import unicodedata
from typing import Final

from portal.core.refusals import Refusal, Refusals
from portal.i18n.locale import gettext_lazy as _
from portal.i18n.translated import Translated

_LINE_CONTROLS: Final = "\n\t"
# Overrides and embeddings reorder what stands around them, in pages as in letters (UAX 9).
_REORDERING: Final = "\u202a\u202b\u202c\u202d\u202e"


class TooLongError(Refusal):
    """A text over its limit."""

    message = _("Use at most %(most)s characters; this has %(length)s.")


class ControlCharacterError(Refusal):
    """Characters that no text needs and some programs obey."""

    message = _(
        "This text holds an invisible control character. Type it anew or paste it as plain text."
    )


def check_text(text: str, max_length: int, field: str, *, one_line: bool = True) -> None:
    """Raise TooLongError or ControlCharacterError for `field` if the text is no good."""
    if len(text) > max_length:
        raise TooLongError(field, most=max_length, length=len(text))
    allowed = "" if one_line else _LINE_CONTROLS
    for character in text:
        # Cc: controls; Cs: lone surrogates; Zl, Zp: line ends that only some programs see.
        kind = unicodedata.category(character)
        if (kind in {"Cc", "Cs", "Zl", "Zp"} and character not in allowed) or (
            character in _REORDERING
        ):
            raise ControlCharacterError(field)


def check_texts(texts: Translated, max_length: int, field: str, *, one_line: bool = True) -> None:
    """`check_text` for every language; the refused field is `<field>_<language>`."""
    refusals = Refusals()
    for language, text in texts.texts().items():
        with refusals:
            check_text(text, max_length, f"{field}_{language}", one_line=one_line)
    refusals.settle()
