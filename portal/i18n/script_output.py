"""Write Kazakh, kept and rendered in Cyrillic, in the reader's script as the last step."""

import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Final

from portal.i18n.kazakh.pages import convert_html
from portal.i18n.kazakh.scripts import SCRIPTS, Script, converter
from portal.i18n.locale import current_tag
from portal.i18n.translated import LocalizedText

# Words that people have corrected, for the script now read: Cyrillic to how it is written.
corrections: ContextVar[Mapping[str, str]] = ContextVar("corrections", default={})  # noqa: B039 - never written to
# Around text that is not to be converted, where no `lang` says so. Private-use letters, which no
# keyboard has.
_OPENING, _CLOSING = "\ue001", "\ue002"
_PROTECTED: Final = re.compile(f"{_OPENING}([^{_CLOSING}]*){_CLOSING}")
# Letters that no other language of the portal has.
_KAZAKH: Final = re.compile("[әғқңөұүһіӘҒҚҢӨҰҮҺІ]")


def script_now() -> Script | None:
    """Return the script to write Kazakh in; None for Cyrillic and for other languages."""
    return SCRIPTS.get(current_tag.get())


def protect(text: str, language: str | None = None) -> str:
    """Mark text to stay as it stands; without a language, only if it has Kazakh's own letters."""
    is_kazakh = language == "kk" or (language is None and bool(_KAZAKH.search(text)))
    return text if is_kazakh else as_typed(text)


def as_typed(text: str) -> str:
    """Return a name with its letters kept as typed, in whatever language it is."""
    # Nothing needs no marks, and what is marked already no others.
    if not text or _OPENING in text or script_now() is None:
        return text
    return f"{_OPENING}{text}{_CLOSING}"


def protect_text(said: LocalizedText) -> str:
    """Return a text with its letters kept unless it is Kazakh."""
    return protect(said.text, said.language)


def convert(text: str) -> str:
    """Plain text in Kazakh, but for what is `kept`, in the script now read."""
    script = script_now()
    if script is None:
        return text
    return _around_protected(text, converter(script, corrections.get()))


def convert_page(html: str) -> str:
    """Return a page or email in the script now read, its `lang` and `dir` true."""
    script = script_now()
    if script is None:
        return html
    return _around_protected(html, lambda each: convert_html(each, script, corrections.get()))


def convert_text(said: LocalizedText) -> LocalizedText:
    """Somebody's text in the script now read, with the tag it is in then."""
    script = script_now()
    if script is None or said.language != "kk":
        return said
    return LocalizedText(converter(script, corrections.get())(said.text), script.lang)


def _around_protected(text: str, convert: Callable[[str], str]) -> str:
    """Convert a whole at once, with numbers in the place of what is kept."""
    parts: list[str] = []

    def number(found: re.Match[str]) -> str:
        parts.append(found[1])
        return f"{_OPENING}{len(parts) - 1}{_CLOSING}"

    return _PROTECTED.sub(lambda found: parts[int(found[1])], convert(_PROTECTED.sub(number, text)))
