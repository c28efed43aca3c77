"""From what people wrote in Markdown to HTML that is safe to show anybody."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any, Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.footnote import footnote_plugin

from portal.content.picture_html import ADDRESS, ADDRESSES, Picture, picture_html, spoken_in
from portal.i18n.locale import direction_of
from portal.i18n.paragraphs import APART
from portal.i18n.translated import LocalizedText, Translated

_TAGS: Final = {
    *("p", "br", "strong", "em", "s", "ul", "ol", "li", "blockquote", "hr"),
    *("h2", "h3", "h4", "a", "code", "pre"),
    *("div", "table", "thead", "tbody", "tr", "th", "td"),
    *("sup", "figure", "figcaption", "picture", "source", "img"),
}
_BLOCKS: Final = _TAGS - {"br", "strong", "em", "s", "code", "sup", "picture", "source", "img"}
_IMAGE_ATTRIBUTES: Final = {"src", "srcset", "sizes", "alt", "width", "height", "loading"}
_ATTRIBUTES: Final = {
    **{tag: {"lang", "dir"} for tag in _BLOCKS},
    "div": {"class", "tabindex"},
    "a": {"href", "id", "class"},
    "ol": {"start", "lang", "dir"},
    "li": {"id", "lang", "dir"},
    "source": {"type", "srcset", "sizes"},
    "img": _IMAGE_ATTRIBUTES | {"lang", "dir", "decoding"},
    "th": {"class", "lang", "dir"},
    "td": {"class", "lang", "dir"},
}
_DEEPEST_HEADING: Final = 4
# Schemes are matched by a whole pattern, since invisible characters hide inside "javascript".
_HREF: Final = re.compile(
    r"(?:https?://|mailto:)[\x21-\x7e\u00a1-\uffff]+|/(?![/\\])[\x21-\x7e]*", re.IGNORECASE
)
_NOTE_LINK: Final = re.compile(r"#fn(?:ref)?\d+(?::\d+)?")
_REFERENCE: Final = re.compile(r"image:([\w-]{1,40})")
_LONE_LINK: Final = re.compile(r"<?(https?://[\x21-\x7e\u00a1-\uffff]+?)>?", re.IGNORECASE)
# Values of other attributes that may come out; whatever is not named here is dropped.
_VALUES: Final = {
    ("a", "id"): re.compile(r"fnref\d+(?::\d+)?"),
    ("li", "id"): re.compile(r"fn\d+"),
    ("a", "class"): re.compile(r"link-card|footnote-backref"),
    ("div", "class"): re.compile(r"scroll|footnotes"),
    ("div", "tabindex"): re.compile(r"0"),
    ("ol", "start"): re.compile(r"\d{1,9}"),
    ("th", "class"): re.compile(r"(?:start|middle|end)"),
    ("td", "class"): re.compile(r"(?:start|middle|end)"),
    ("img", "src"): ADDRESS,
    ("img", "srcset"): ADDRESSES,
    ("source", "srcset"): ADDRESSES,
    ("source", "type"): re.compile(r"image/(?:webp|jpeg)"),
    ("img", "loading"): re.compile(r"lazy"),
    ("img", "decoding"): re.compile(r"async"),
}
_FREE: Final = {"lang", "dir", "alt", "sizes", "width", "height", "rel"}


def _make() -> MarkdownIt:
    # js-default knows no raw HTML, and tables.
    made = MarkdownIt("js-default", {"html": False, "linkify": False}).use(footnote_plugin)
    made.add_render_rule("image", _image)
    made.add_render_rule("table_open", _table)
    made.add_render_rule("table_close", _table)
    # Without a heading of its own it is no section.
    made.add_render_rule("footnote_block_open", lambda *_: '<div class="footnotes">\n<ol>\n')
    made.add_render_rule("footnote_block_close", lambda *_: "</ol>\n</div>\n")
    return made


def _table(
    self: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
) -> str:
    """Wrap a table, which scrolls by itself where it is wider than a phone."""
    rendered = self.renderToken(tokens, at, options, env)
    is_open = tokens[at].nesting > 0
    return f'<div class="scroll" tabindex="0">{rendered}' if is_open else f"{rendered}</div>"


def _image(
    _self: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, env: EnvType
) -> str:
    """Return one of the item's own pictures; any other image is its words alone."""
    found = _REFERENCE.fullmatch(str(tokens[at].attrs.get("src", "")))
    picture: Picture | None = env["pictures"].get(found[1]) if found else None
    if picture is None:
        return escape(tokens[at].content)
    return picture_html(picture, env["language"], env["around"])


_markdown: Final = _make()


def _safe_attribute(tag: str, attribute: str, value: str) -> str | None:
    """Keep an attribute or drop it (None)."""
    if attribute == "href":
        return value if _HREF.fullmatch(value) or _NOTE_LINK.fullmatch(value) else None
    if attribute in _FREE:
        return value
    wanted = _VALUES.get((tag, attribute))
    return value if wanted is not None and wanted.fullmatch(value) else None


@lru_cache(maxsize=256)
def to_html(
    text: str,
    language: str = "",
    pictures: tuple[Picture, ...] = (),
    foreign: tuple[tuple[int, int, str], ...] = (),
) -> str:
    """Return sanitised HTML, headings from the second level; `foreign` are (from, to) lines."""
    env = {
        "language": language,
        "pictures": {picture.key: picture for picture in pictures},
        # Whatever stands in a passage of another language says its own.
        "around": "" if foreign else language,
    }
    tokens = _markdown.parse(text, env)
    top = min((int(t.tag[1]) for t in tokens if t.type == "heading_open"), default=1)
    marked = 0
    for at, token in enumerate(tokens):
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) - top + 2, _DEEPEST_HEADING)}"
        elif token.type in {"th_open", "td_open"}:
            _align(token)
        elif token.type == "inline" and tokens[at - 1].type == "paragraph_open":
            _stand_alone(tokens[at - 1 : at + 2], env)
        if token.map is not None and token.nesting >= 0 and token.map[0] >= marked:
            marked = _mark_language(token, token.map, foreign)
    return nh3.clean(
        _markdown.renderer.render(tokens, _markdown.options, env),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_safe_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow ugc",
    )


def _align(token: Token) -> None:
    """Columns are aligned by classes, since the content policy allows no style."""
    side = str(token.attrs.pop("style", "")).rpartition(":")[2]
    sides = {"left": "start", "center": "middle", "right": "end"}
    if side in sides:
        token.attrSet("class", sides[side])


def _stand_alone(block: Sequence[Token], env: Mapping[str, Any]) -> None:
    """Make a figure of a paragraph of one picture, a card of one of one address."""
    opening, inline, closing = block
    children = inline.children or []
    if len(children) == 1 and children[0].type == "image":
        found = _REFERENCE.fullmatch(str(children[0].attrs.get("src", "")))
        picture: Picture | None = env["pictures"].get(found[1]) if found else None
        if picture is not None:
            opening.tag = closing.tag = "figure"
            opening.hidden = closing.hidden = False
            _say_below(inline, picture, env)
    elif lone := _LONE_LINK.fullmatch(inline.content):
        _link_card(inline, lone[1])


def _say_below(inline: Token, picture: Picture, env: Mapping[str, Any]) -> None:
    caption = picture.caption.localized(env["language"])
    if caption.text and inline.children is not None:
        below = inline.children[0].copy(type="html_inline", children=None)
        target = spoken_in(caption.language, env["around"])
        below.content = f"<figcaption{target}>{escape(caption.text)}</figcaption>"
        inline.children.append(below)


def _link_card(inline: Token, address: str) -> None:
    """Nothing is fetched from there: the host, and the way on."""
    if not inline.children:
        return
    host, _slash, rest = address.partition("://")[2].partition("/")
    card = inline.children[0].copy(type="html_inline", children=None)
    path = f" /{rest}" if rest else ""
    card.content = (
        f'<a class="link-card" href="{escape(address)}">'
        f"<strong>{escape(host)}</strong>{escape(path)}</a>"
    )
    inline.children = [card]


def _mark_language(
    token: Token, lines: Sequence[int], foreign: tuple[tuple[int, int, str], ...]
) -> int:
    """Say which language a block is in; answer with the line up to which that holds."""
    for start, stop, language in foreign:
        if start <= lines[0] and lines[1] <= stop:
            token.attrSet("lang", language)
            token.attrSet("dir", direction_of(language))
            return lines[1]
    return 0


def html_of(
    texts: Translated, pictures: Collection[Picture] = (), languages: Sequence[str] = ()
) -> dict[str, str]:
    """Language to HTML for every language a text has, and for those asked for beside."""
    return {
        language: html_of_parts(texts.parts(language), language, pictures)
        for language in dict.fromkeys((*texts.versions, *languages))
    }


def html_of_parts(
    parts: Sequence[LocalizedText], language: str, pictures: Collection[Picture] = ()
) -> str:
    """Return the HTML of paragraphs that need not all be in the same language."""
    foreign, line = [], 0
    for part in parts:
        after = line + part.text.count("\n") + 2
        if part.language != language:
            foreign.append((line, after, part.language))
        line = after
    text = APART.join(part.text for part in parts)
    return to_html(text, language, tuple(pictures), tuple(foreign))


# As the sanitiser writes them: lower-case names, values in double quotes and escaped.
_LINK: Final = re.compile(r'</?a(?: [a-z]+="[^"]*")*>')


def without_links(html: str) -> str:
    """Return what `to_html` gave, with the words of its links and nothing to click."""
    return _LINK.sub("", html)
