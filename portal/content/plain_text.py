"""The plain text of HTML, for letters, calendars and search engines."""

import re
from html.parser import HTMLParser


class _Plain(HTMLParser):
    """Collects text, a line for each block."""

    blocks = frozenset(
        {
            *("p", "br", "li", "div", "h1", "h2", "h3", "h4", "tr", "blockquote", "pre"),
            *("figure", "figcaption", "section"),
        }
    )
    hidden = frozenset({"script", "style", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hiding = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self._hiding += tag in self.hidden
        if tag in self.blocks:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hiding -= tag in self.hidden and self._hiding > 0
        if tag in self.blocks:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hiding:
            self.parts.append(data)


def to_plain_text(html: str) -> str:
    """Return the text of an HTML fragment, at most one empty line between paragraphs."""
    parser = _Plain()
    parser.feed(html)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
