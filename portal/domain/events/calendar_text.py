"""Text between calendars and pages: without control characters, cut, and as Markdown shows it."""

import re
from typing import Final

from portal.content.plain_text import to_plain_text

# What some program or other takes for the end of a line; a bare CR adds properties in icalendar.
_BREAKS: Final = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# Control characters, lone surrogates, and the marks that turn the direction of what follows.
_UNSEEN: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e]")
ELLIPSIS: Final = "…"

_HTML: Final = re.compile(
    r"</[a-z][a-z0-9]*\s*>|<(?:!doctype|html|body|p|br|hr|div|span|a|b|i|u|em|strong|font|h[1-6]"
    r"|ul|ol|li|table|img)(?=[\s/>])|&(?:[a-z]{2,31}|#[0-9]{1,7}|#x[0-9a-f]{1,6});",
    re.IGNORECASE,
)
# Outlook writes "text<https://…>", which HTML takes for a tag.
_ANGLED_ADDRESS: Final = re.compile(r"<((?:https?|mailto|tel):[^<>\s]*)>", re.IGNORECASE)

_WEB_ADDRESS: Final = re.compile(
    r"(https?://[a-z0-9](?:[a-z0-9._~:/?#@!$&()*+,;=%-]*[a-z0-9/=#&_+-])?)", re.IGNORECASE
)
_INLINE: Final = re.compile(
    r"[\\`\[]"
    r"|\*(?!\s)|(?<=\S)\*"
    r"|(?<![^\W_])_|_(?![^\W_])"  # underscores inside a word mean nothing
    r"|~(?=~)"
    r"|<(?=[a-z])"
    r"|&(?=#?[a-z0-9]{1,31};)",
    re.IGNORECASE,
)
_LINE_START: Final = re.compile(
    r"(?=#{1,6}(?:\s|$)|>|[-+*](?:\s|$)|=+\s*$|-[-\s]*$)|(?<=[0-9])(?=[.)](?:\s|$))"
)
_NUMBERED: Final = re.compile(r"[0-9]{1,9}[.)](?:\s|$)")


def many_lines(text: str) -> str:
    """Return the text without control characters but tabs and line feeds."""
    return _UNSEEN.sub("", _BREAKS.sub("\n", text))


def one_line(text: str) -> str:
    """Return the text without any control character."""
    return many_lines(text).replace("\n", " ").replace("\t", " ")


def cut(text: str, max_length: int) -> str:
    """Return the text if it has at most `most` characters, else its first words and an ellipsis."""
    if len(text) <= max_length:
        return text
    start = text[: max_length - len(ELLIPSIS)]
    words = start.rsplit(None, 1)[0]
    return (words if len(words) * 2 > max_length else start).rstrip() + ELLIPSIS


def plain(text: str) -> str:
    """Lines of plain text, whether plain text or HTML was given; one empty line at most."""
    text = many_lines(text)
    if _HTML.search(text):
        text = many_lines(to_plain_text(_ANGLED_ADDRESS.sub(r" \1 ", text)))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _escaped(line: str) -> str:
    """Return a line that Markdown shows as it is; web addresses become links."""
    parts = _WEB_ADDRESS.split(line)
    parts[::2] = [_INLINE.sub(r"\\\g<0>", part) for part in parts[::2]]
    parts[1::2] = [f"<{address}>" for address in parts[1::2]]
    escaped = "".join(parts)
    if _NUMBERED.match(line):
        return _LINE_START.sub(r"\\", escaped, count=1)
    return f"\\{escaped}" if _LINE_START.match(line) and escaped[0] != "\\" else escaped


def as_markdown(text: str, max_length: int) -> str:
    """Markdown of at most `most` characters that shows `text` (see `plain`) line by line."""
    parts: list[str] = []
    length = 0
    for line in text.split("\n"):
        escaped = _escaped(line)
        if length + len(escaped) > max_length - len(ELLIPSIS) - 3:
            # An escape sequence or an address must not be cut in two, so words are left out.
            head = line[: max(0, (max_length - length - len(ELLIPSIS) - 3) // 2)]
            words = head.rpartition(" ")[0] if {" ", ":"} & set(head) else head
            parts.append(_escaped(words) + ELLIPSIS if words else ELLIPSIS)
            break
        parts.append(escaped)
        length += len(escaped) + len("  \n")
    # Two spaces before a line's end keep it; an empty line parts paragraphs.
    joined = "  \n".join(parts)
    return re.sub(r"(?: {2}\n){2,}", "\n\n", joined)
