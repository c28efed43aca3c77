"""Words of strangers made harmless: mail and calendar programs find nothing in them to link."""

from __future__ import annotations

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
_SUSPECT: Final = re.compile(f"[{re.escape(''.join(_TIES))}]|{'|'.join(map(re.escape, _PAIRS))}")
_SPACES: Final = frozenset({"Zs", "Zl", "Zp", "Cc"})
_INVISIBLE: Final = frozenset({"Cf", "Co", "Cn", "Cs"})
# Persian, Kazakh in Arabic script and families of emoji are spelt with these.
_JOINERS: Final = "\u200c\u200d"


def inert(text: str, most: int = LONGEST) -> str:
    """The text on one line of at most `most` visible characters, with no address left whole.

    Addresses of pages, hosts and mailboxes look as before but are cut by a word joiner wherever a
    dot, an @, a colon or a double slash holds them together. Once is enough: doing it twice
    changes nothing.
    """
    # Most texts hold nothing of the kind, and pages ask for every one of them.
    is_plain = text.isprintable() and not _SUSPECT.search(text)
    line = " ".join(text.split()) if is_plain else _one_line(text)
    if len(line) > most:
        line = line[: most - 1].rstrip() + "…"
    if is_plain:
        return line
    return "".join(
        _apart(line[i - 1 : i], sign, line[i + 1 : i + 2]) for i, sign in enumerate(line)
    )


def _one_line(text: str) -> str:
    seen = "".join(
        " " if unicodedata.category(c) in _SPACES else c
        for c in text
        if unicodedata.category(c) not in _INVISIBLE or c in _JOINERS
    )
    return " ".join(seen.split())


def _apart(before: str, sign: str, after: str) -> str:
    """The sign, cut off from its neighbours if it holds them together."""
    if sign in _TIES and after.strip():
        return f"{WORD_JOINER if before.strip() else ''}{sign}{WORD_JOINER}"
    return sign + WORD_JOINER if sign + after in _PAIRS else sign
