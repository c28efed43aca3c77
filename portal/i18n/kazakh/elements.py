"""First tags of HTML elements in another script: what is said in attributes, `lang` and `dir`."""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from portal.i18n.kazakh.scripts import Script

_ATTRIBUTE: Final = re.compile(
    r"(?P<name>[^\s\"'<>/=]+)"
    r"(?:\s*=\s*(?:(?P<quote>[\"'])(?P<value>.*?)(?P=quote)|(?P<bare>[^\s\"'=<>`]+)))?",
    re.DOTALL,
)
# Attributes that are read out or shown, data-* being those that the portal's scripts show.
_SPOKEN: Final = frozenset(
    {
        *("alt", "title", "placeholder", "label", "abbr", "aria-label", "aria-description"),
        *("aria-placeholder", "aria-roledescription", "aria-valuetext", "data-label"),
        *("data-saved", "data-failed", "data-signed-out", "data-refused", "data-closed"),
        *("data-lost", "data-restored", "data-stored", "data-here", "data-changed"),
    }
)
_LANGUAGE_ATTRIBUTES: Final = re.compile(
    rf"(?<![\w-])(?:lang|dir|translate|{'|'.join(sorted(_SPOKEN))})\b|notranslate", re.IGNORECASE
)
_VERBATIM: Final = frozenset({"code", "pre", "kbd", "samp"})
# What is typed there is kept as it is typed.
_FIELDS: Final = frozenset({"input", "textarea"})
_TRANSLATED_META: Final = re.compile(
    r"(?:name|property)\s*=\s*[\"']?(?:description|application-name|apple-mobile-web-app-title"
    r"|(?:og|twitter):(?:title|description|site_name|image:alt))\b",
    re.IGNORECASE,
)
_RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "ug", "ur", "he", "ps", "sd"})


class Place(NamedTuple):
    """What holds for the text inside an element."""

    # Kazakh in Cyrillic, by the nearest `lang` of the page as it was.
    is_kazakh: bool
    # False in what is marked so, and in code.
    is_translated: bool
    direction: str

    @property
    def is_converted(self) -> bool:
        """Whether its text is put into the other script."""
        return self.is_kazakh and self.is_translated


def is_cyrillic_kazakh(tag: str) -> bool:
    """Return whether a BCP 47 tag is Kazakh and names no script: that is Cyrillic."""
    first, *more = tag.lower().split("-")
    return first == "kk" and not (more and len(more[0]) == 4)  # noqa: PLR2004 - a script subtag


class Elements:
    """Rewrites first tags for a script; `convert` is its converter."""

    def __init__(self, script: Script, convert: Callable[[str], str]) -> None:
        self._script = script
        self._convert = convert
        self._is_leftward = script.direction == "rtl"

    def begun(self, name: str, rest: str, place: Place) -> tuple[Place, str]:
        """Return what holds inside an element and its new attributes; `rest` follows its name."""
        is_meta = name == "meta" and place.is_converted and bool(_TRANSLATED_META.search(rest))
        if not (is_meta or name in _VERBATIM or _LANGUAGE_ATTRIBUTES.search(rest)):
            return place, rest
        given = {found["name"].lower(): _value(found) for found in _ATTRIBUTE.finditer(rest)}
        lang = given.get("lang")
        inner = Place(
            place.is_kazakh if lang is None else is_cyrillic_kazakh(lang),
            _is_translated(given, place),
            place.direction,
        )
        changed = self._tagged(name, given, place, inner)
        direction = changed.get("dir", given.get("dir", place.direction)).lower()
        if inner.is_converted:
            spoken = _SPOKEN | {"content"} if is_meta else _SPOKEN
            changed |= {
                each: self._convert(value)
                for each, value in given.items()
                if each in spoken and value
            }
        is_translated = inner.is_translated and name not in _VERBATIM
        return Place(inner.is_kazakh, is_translated, direction), _rewritten(rest, given, changed)

    def _tagged(
        self, name: str, given: dict[str, str], place: Place, inner: Place
    ) -> dict[str, str]:
        """`lang` and `dir` as they have to be, where they have to be another."""
        changed: dict[str, str] = {}
        lang = given.get("lang")
        if inner.is_converted and name not in _FIELDS:
            if lang is not None or not place.is_translated:
                changed["lang"] = self._script.lang
        elif lang is None and place.is_converted and not inner.is_translated:
            changed["lang"] = "kk"
        if not self._is_leftward or given.get("dir", "").lower() == "auto":
            return changed
        if changed.get("lang") == self._script.lang:
            changed["dir"] = self._script.direction
        elif "dir" not in given and name != "bdi":
            wanted = self._wanted(name, changed.get("lang", lang), place)
            if wanted != place.direction:
                changed["dir"] = wanted
        return changed

    def _wanted(self, name: str, lang: str | None, place: Place) -> str:
        """Return the direction of a part that is not in the new script."""
        if lang is None:
            return "ltr" if name in _VERBATIM else place.direction
        if name in _FIELDS and is_cyrillic_kazakh(lang):
            return "auto"
        first = lang.lower().partition("-")[0]
        return "rtl" if first in _RIGHT_TO_LEFT or "-arab" in lang.lower() else "ltr"


def _is_translated(given: dict[str, str], place: Place) -> bool:
    if given.get("translate", "").lower() == "no":
        return False
    if "notranslate" in given.get("class", "").split():
        return False
    return place.is_translated or "translate" in given


def _value(found: re.Match[str]) -> str:
    value: str | None = found["value"] if found["value"] is not None else found["bare"]
    return value or ""


def _rewritten(rest: str, given: dict[str, str], changed: dict[str, str]) -> str:
    """Return the attributes with other values, and those that were not there before all others."""

    def written(found: re.Match[str]) -> str:
        name = found["name"].lower()
        if name not in changed or changed[name] == _value(found):
            return found[0]
        quote = found["quote"] or '"'
        return f"{found['name']}={quote}{changed[name]}{quote}"

    added = "".join(f' {each}="{value}"' for each, value in changed.items() if each not in given)
    return added + _ATTRIBUTE.sub(written, rest)
