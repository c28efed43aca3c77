"""Put Kazakh of the portal's own, well-formed HTML into another script, in one pass over tags."""

import re
from collections.abc import Mapping
from html import escape
from typing import Final

from portal.i18n.kazakh.elements import Elements, Place, is_cyrillic_kazakh
from portal.i18n.kazakh.letters import HAMZA
from portal.i18n.kazakh.scripts import ARABIC, CYRILLIC, Script, converter
from portal.i18n.kazakh.words import bare_arabic, has_hamza

_TAG: Final = re.compile(
    r"<!--.*?-->|<[!?][^>]*>"
    r"|<(?P<closing>/?)(?P<name>[A-Za-z][^\s/<>]*)"
    r"(?P<rest>(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>",
    re.DOTALL,
)
_VOID: Final = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"),
        *("track", "wbr"),
    }
)
# What stands in these is no markup.
_RAW: Final = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed"})
# Elements that end where one of their own kind begins.
_ENDED_BY: Final = {
    "li": {"li", "p"},
    "dt": {"dt", "dd", "p"},
    "dd": {"dt", "dd", "p"},
    "option": {"option"},
    "td": {"td", "th", "p"},
    "th": {"td", "th", "p"},
    "tr": {"td", "th", "tr", "p"},
} | {
    block: {"p"}
    for block in (
        *("p", "div", "ul", "ol", "dl", "table", "section", "blockquote", "article", "pre"),
        *("h1", "h2", "h3", "h4", "form", "figure", "details", "nav", "aside", "main", "hr"),
    )
}
# Words go on across these.
_INLINE: Final = "mark|b|strong|em|i|u|s|span|a|small|ins|del|wbr"
_GOES_ON: Final = re.compile(f"(?:</?(?:{_INLINE})(?:\\s[^<>]*)?>)+([\u0400-\u04ff]+)")
_LAST_WORD: Final = re.compile("(?:(?<=[\\s«(„“—–-])|^)[\u0400-\u04ff]+$")
# Numerals and abbreviations are no parts of words.
_CAPITALS: Final = re.compile("[А-ЯЁӘІҢҒҮҰҚӨҺ]{2}")
_FIRST_PART: Final = re.compile("[\u0400-\u04ff]+")


def convert_html(
    html: str,
    script: Script,
    overrides: Mapping[str, str] | None = None,
    language: str = "kk",
) -> str:
    """Return a page, or a part in `language`, in another script, with `lang` and `dir`; idempotent.

    Text and spoken attributes are converted where the nearest `lang` is Kazakh without a script.
    Left alone: other languages, `translate="no"`, `notranslate`, code, scripts, styles, what fields
    hold, and inside Kazakh text whatever `convert` passes by.
    """
    inert = {word: escape(written) for word, written in (overrides or {}).items()}
    return _Page(html, script, inert, language).converted()


class _Page:
    """A page while it is read from beginning to end."""

    def __init__(
        self, html: str, script: Script, overrides: Mapping[str, str] | None, language: str
    ) -> None:
        self._html = html
        self._convert = converter(script, overrides)
        self._elements = Elements(script, self._convert)
        self._is_leftward = script is ARABIC
        self._place = Place(is_cyrillic_kazakh(language), is_translated=True, direction="ltr")
        self._open: list[tuple[str, Place]] = []
        self._out: list[str] = []
        # Whether the text before broke off within a word.
        self._goes_on = False

    def converted(self) -> str:
        """Return the whole page."""
        html, at = self._html, 0
        while (found := _TAG.search(html, at)) is not None:
            if found.start() > at:
                self._text(html[at : found.start()], found.start())
            at = found.end()
            name = found["name"]
            if name is None:
                self._out.append(found[0])
            elif found["closing"]:
                self._close(name.lower())
                self._out.append(found[0])
            else:
                at = self._begin(name.lower(), found)
        self._text(html[at:], len(html))
        return "".join(self._out)

    def _text(self, text: str, end: int) -> None:
        if not self._place.is_converted or text.isspace():
            self._out.append(text)
            self._goes_on = False
        elif self._is_leftward:
            self._out.append(self._joined(text, end))
        else:
            self._out.append(self._convert(text))

    def _joined(self, text: str, end: int) -> str:
        """Return Arabic text where a word that tags cut, read whole, has its hamza at most once."""
        if self._goes_on and (part := _FIRST_PART.match(text)):
            text = bare_arabic(part[0].lower()) + text[part.end() :]
        self._goes_on = False
        last = _LAST_WORD.search(text) if CYRILLIC.match(text[-1:]) else None
        if last and not _CAPITALS.match(last[0]) and (more := _GOES_ON.match(self._html, end)):
            self._goes_on = True
            small = last[0].lower()
            hamza = HAMZA if has_hamza(small + more[1].lower()) else ""
            text = text[: last.start()] + hamza + bare_arabic(small)
        return self._convert(text)

    def _begin(self, name: str, found: re.Match[str]) -> int:
        """Write an element's first tag; where to read on."""
        if name in _ENDED_BY:
            while self._open and self._open[-1][0] in _ENDED_BY[name]:
                self._close(self._open[-1][0])
        rest = found["rest"]
        place, written = self._elements.begun(name, rest, self._place)
        self._out.append(found[0] if written is rest else f"<{found['name']}{written}>")
        if name in _RAW:
            return self._pass_by(name, place, found.end())
        if name not in _VOID and not (rest.endswith("/") and self._is_in_foreign_markup()):
            self._open.append((name, self._place))
            self._place = place
        return found.end()

    def _is_in_foreign_markup(self) -> bool:
        return any(name in {"svg", "math"} for name, _place in self._open)

    def _close(self, name: str) -> None:
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at][0] == name:
                self._place = self._open[at][1]
                del self._open[at:]
                return

    def _pass_by(self, name: str, place: Place, start: int) -> int:
        """Write what stands in an element without markup; a title's is text."""
        found = re.compile(f"</{name}", re.IGNORECASE).search(self._html, start)
        end = found.start() if found else len(self._html)
        text = self._html[start:end]
        self._out.append(self._convert(text) if name == "title" and place.is_converted else text)
        return end
