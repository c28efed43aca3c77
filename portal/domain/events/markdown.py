"""From what an organiser wrote in Markdown to HTML that is safe to show anybody."""

from __future__ import annotations

import re
from functools import lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import nh3
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from portal.translated import Translated

_TAGS = {
    *("p", "br", "strong", "em", "s", "ul", "ol", "li", "blockquote", "hr"),
    *("h2", "h3", "h4", "a", "code", "pre"),
}
_DEEPEST_HEADING = 4
# Schemes are matched by a whole pattern, since invisible characters hide inside "javascript".
_HREF = re.compile(
    r"(?:https?://|mailto:)[\x21-\x7e\u00a1-\uffff]+|/(?![/\\])[\x21-\x7e]*", re.IGNORECASE
)
# js-default knows no raw HTML; tables and images come with the stories.
_markdown = MarkdownIt("js-default", {"html": False, "linkify": False}).disable(["image", "table"])


def _safe_attribute(tag: str, attribute: str, value: str) -> str | None:
    """Keeps an attribute or drops it (None)."""
    if tag == "a" and attribute == "href":
        return value if _HREF.fullmatch(value) else None
    if tag == "a" and attribute == "rel":
        return value  # nh3's own; nobody else may set it
    return value if tag == "ol" and attribute == "start" and value.isdigit() else None


@lru_cache(maxsize=128)
def to_html(text: str) -> str:
    """Sanitised HTML: the allow-list's tags, links that leave nothing behind, no ids or classes.

    Headings are one level lower than written, since the page's own title is the first.
    """
    tokens = _markdown.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, _DEEPEST_HEADING)}"
    return nh3.clean(
        _markdown.renderer.render(tokens, _markdown.options, {}),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        attribute_filter=_safe_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow ugc",
    )


def html_of(texts: Translated) -> dict[str, str]:
    """Language to HTML for every language a text has."""
    return {language: to_html(text) for language, text in texts.texts().items()}


@lru_cache(maxsize=512)
def without_links(html: str) -> str:
    """Sanitised HTML with the words of its links, and nothing to click."""
    return nh3.clean(html, tags=_TAGS - {"a"}, attributes={"ol": {"start"}}, link_rel=None)


class _Plain(HTMLParser):
    """Collects text, a line for each block."""

    blocks = frozenset({"p", "br", "li", "div", "h1", "h2", "h3", "h4", "tr", "blockquote", "pre"})
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
    """The text of an HTML fragment, paragraphs apart, at most one empty line between them."""
    parser = _Plain()
    parser.feed(html)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
