"""Only harmless markup comes out, and machines lose no part of it."""

import re

import nh3
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree as parser_tools
from lxml import html as parser

from portal.content.markdown import to_html, without_links
from portal.content.plain_text import to_plain_text
from portal.net.machine_translation import MaskedText
from tests.hostile_markdown import HOSTILE

ALLOWED_TAGS = {
    *("p", "br", "strong", "em", "s", "ul", "ol", "li", "blockquote", "hr", "h2", "h3", "h4"),
    *("a", "code", "pre", "div", "table", "thead", "tbody", "tr", "th", "td", "sup"),
}
ALLOWED_ATTRIBUTES = {
    "a": {"href", "rel", "id", "class"},
    "ol": {"start"},
    "li": {"id"},
    "div": {"class", "tabindex"},
    "th": {"class"},
    "td": {"class"},
}
OWN = re.compile(r"link-card|footnote-backref|footnotes|scroll|start|middle|end")
LINK = re.compile(r"(?:https?://|mailto:|/(?![/\\])|#fn(?:ref)?\d)", re.IGNORECASE)

# Pieces that have fooled sanitisers, to be put together in any order with any text between.
PIECES = st.sampled_from(
    [
        *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>"),
        *(
            "[x](javascript:alert(1))",
            "[x](java\tscript:alert(1))",
            "[x](javascript&colon;alert(1))",
        ),
        *("[x](JaVaScRiPt:alert(1))", "[x](data:text/html,<b>)", "[x](vbscript:x)", "[x](//evil)"),
        *("[x](java\u200bscript:alert(1))", "[x](\x01javascript:alert(1))", "[x](/\\evil)"),
        *("[^1]", "[^1]: note\n\n", "[^<b>]: x\n\n", "^[x]", 'https://evil.example/"><b>\n\n'),
        *("![x](image:abc)", "\n\n<https://evil.example/'onload=x>\n\n"),
        *("![x](https://evil.example/x.png)", "<iframe src=//evil>", "<a id=main name=x>y</a>"),
        *("<style>*{}</style>", "<p style='x'>", "<https://evil.example>", "<javascript:alert(1)>"),
        *("[x]: javascript:alert(1)\n\n[x]", "```html\n<script>\n```", "    <script>", "`<b>`"),
        *(
            "# ",
            "## ",
            "- ",
            "1. ",
            "7) ",
            "> ",
            "**",
            "__",
            "~~",
            "\n",
            "\n\n",
            "\\",
            "|a|b|\n|-|-|\n",
        ),
        *(
            '[x](https://a"onmouseover=alert(1))',
            "[x](https://example.org '\"><script>')",
            "&lt;b&gt;",
        ),
        *(
            "&#x3C;script&#x3E;",
            "<!-- ",
            "-->",
            "]]>",
            "<![CDATA[",
            "<?php",
            "</p>",
            "\0",
            "\u2028",
        ),
    ]
)
WRITTEN = st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=12).map("".join)


@given(WRITTEN)
@example("[x](javascript:alert(1))")
@example("<script>alert(1)</script>")
@settings(max_examples=300, deadline=None)
def test_only_harmless_markup_comes_out(text):
    _check_harmless(to_html(text))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_has_fooled_others_comes_out_harmless(text):
    """The same corpus is looked at in a real browser (tests/browser/test_hostile_stories.py)."""
    made = to_html(f"begin\n\n{text}\n\nend")
    _check_harmless(made)
    assert to_plain_text(made).startswith("begin")


def _check_harmless(made):
    tree = parser.fragment_fromstring(made, create_parent="body")
    for element in tree.iterdescendants():
        assert element.tag in ALLOWED_TAGS
        assert set(element.attrib) <= ALLOWED_ATTRIBUTES.get(element.tag, set())
        if "href" in element.attrib:
            href = element.get("href")
            assert LINK.match(href)
            assert not re.search(r"[\x00-\x20\u200b-\u200f\u2028-\u202e]", href)
            assert "noopener" in element.get("rel", "")
            assert "noreferrer" in element.get("rel", "")
        if element.tag == "ol" and "start" in element.attrib:
            assert element.get("start").isdigit()
        assert OWN.fullmatch(element.get("class", "start"))
        assert re.fullmatch(r"fn(?:ref)?\d+(?::\d+)?", element.get("id", "fn1"))
    bare = parser.fragment_fromstring(without_links(made), create_parent="body")
    assert bare.find(".//a") is None
    parser_tools.strip_tags(tree, "a")
    assert parser.tostring(bare) == parser.tostring(tree)


@given(WRITTEN)
@settings(max_examples=150, deadline=None)
def test_cleaning_what_is_clean_changes_nothing(text):
    """A second sanitiser in a row would find nothing left to do."""
    made = to_html(text)
    again = nh3.clean(
        made,
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES | {"a": ALLOWED_ATTRIBUTES["a"] - {"rel"}},
        link_rel="noopener noreferrer nofollow ugc",
    )
    assert again == made


@given(
    st.lists(st.from_regex(r"[A-Za-zӘәҒғҚқҢңӨөҰұҮүҺһІіА-Яа-я]{1,12}", fullmatch=True), min_size=1)
)
@settings(max_examples=50, deadline=None)
def test_plain_words_come_out_as_they_went_in(words):
    text = " ".join(words)
    assert to_plain_text(to_html(text)) == text


@given(WRITTEN)
@settings(max_examples=150, deadline=None)
def test_what_letters_quote_holds_no_markup(text):
    plain = to_plain_text(to_html(text))
    assert "\n\n\n" not in plain
    assert plain == plain.strip()


TEXT = st.lists(
    st.sampled_from(
        [
            *("сөз ", "& ", "&amp; ", "<b>", "`код`", "[мұнда](https://a.example/)", "\n"),
            *("![a](image:1)", "https://example.org/ ", "[^1]", "```\nкод\n```", "<", "> "),
            '<x id="0"/>',
        ]
    )
).map("".join)


@given(TEXT)
@example("``` ашық\nкод")
@example('<x id="7"/>')
def test_a_text_that_comes_back_untouched_is_what_it_was(text):
    assert MaskedText.of(text).restored(MaskedText.of(text).text) == text.strip()


@given(TEXT)
def test_a_lost_or_doubled_part_is_noticed(text):
    held = MaskedText.of(text)
    if held.parts:
        assert held.restored(held.text.replace('<x id="0"/>', "")) is None
        assert held.restored(held.text + '<x id="0"/>') is None
    assert held.restored(held.text + "<script>") is None
