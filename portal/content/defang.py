"""Words of strangers made harmless: mail and calendar programs find nothing in them to link."""

import re
import unicodedata
from typing import Final

# Invisible, without width, and no part of any address that a mail program recognises.
WORD_JOINER: Final = "\u2060"
# The longest title there is; names are shorter.
LONGEST: Final = 140
# Signs that tie an address together, with those that browsers take for a dot, an @ or a colon.
_TIES: Final = frozenset(".\u2024\u3002\ufe52\uff0e\uff61@\ufe6b\uff20:\ufe13\ufe55\uff1a")
# Signs that do so side by side: //host, \\host (Outlook links these), and =? (an encoded word,
# which header parsers would decode).
_PAIRS: Final = frozenset({"//", "\\\\", "=?"})
# A sign that holds what stands before and after it together. On one line, only a space parts.
_TYING: Final = re.compile(
    "|".join(
        [
            f"[{re.escape(''.join(sorted(_TIES)))}](?=[^ ])",
            *(f"{re.escape(pair[0])}(?={re.escape(pair[1])})" for pair in sorted(_PAIRS)),
        ]
    )
)
_SPACES: Final = frozenset({"Zs", "Zl", "Zp", "Cc"})
_INVISIBLE: Final = frozenset({"Cf", "Co", "Cn", "Cs"})
# Persian, Kazakh in Arabic script and families of emoji are spelt with these.
_JOINERS: Final = "\u200c\u200d"


def defang(text: str, max_length: int = LONGEST) -> str:
    """Return one line of at most `max_length` characters, all addresses cut by word joiners."""
    # Whatever can be printed has no other white space than the space, and nothing invisible.
    line = " ".join(text.split()) if text.isprintable() else _one_line(text)
    if len(line) > max_length:
        line = line[: max_length - 1].rstrip() + "…"
    return _TYING.sub(_apart, line)


def _one_line(text: str) -> str:
    seen = "".join(
        " " if unicodedata.category(c) in _SPACES else c
        for c in text
        if unicodedata.category(c) not in _INVISIBLE or c in _JOINERS
    )
    return " ".join(seen.split())


def _apart(found: re.Match[str]) -> str:
    """Return the sign, cut off from its neighbours."""
    sign, at = found[0], found.start()
    if sign not in _TIES:
        return sign + WORD_JOINER
    is_tied_before = at > 0 and found.string[at - 1] != " "
    return f"{WORD_JOINER if is_tied_before else ''}{sign}{WORD_JOINER}"
