"""Whatever pages hold beside Kazakh, it is neither converted nor lost, and twice is like once."""

import re
from html import escape

from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html as parser

from portal.i18n.kazakh.letters import ALPHABET
from portal.i18n.kazakh.pages import convert_html
from portal.i18n.kazakh.scripts import ARABIC, LATIN, SCRIPTS, convert

CYRILLIC = re.compile("[\u0400-\u04ff]")
# Attributes that a script may change; all others stay as they are.
TAGGED = {"lang", "dir"}
SPOKEN = {"title", "alt", "aria-label", "placeholder"}
IN = st.sampled_from(sorted(SCRIPTS.values()))
WORD = st.text(ALPHABET + ALPHABET.upper(), min_size=1, max_size=8)
KAZAKH = st.one_of(
    WORD, st.lists(WORD, min_size=1, max_size=5).map(" ".join), st.sampled_from([", ", "?", " — "])
)
RUSSIAN = st.text("абвгдеёжзийклмнопрстуфхцчшщъыьэюяЫЭ ,?", min_size=1, max_size=12)
ENGLISH = st.text("abcdefghijklmnopqrstuvwxyz ABCIXV,?;", min_size=1, max_size=12)
ADDRESS = st.sampled_from(
    [
        *("https://қазақ.қаз/жол?сөз=бір,екі;үш", "http://example.org/ә", "www.тіл.қаз"),
        *("арман@мысал.қаз", "a.b@example.org", "shanyraq.kz/тіл", "@арман_1", "#наурыз"),
        *("%(аты)s", "{аты}", "жоспар.pdf", "&nbsp;", "&#1171;", "1,5", "XX", "IV", "ўзбек"),
    ]
)


def element(name, inner, /, **attributes):
    given = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{given}>{inner}</{name}>"


def _nested(name, part):
    return element("div", element(name, part[0])), part[1]


# Each is (HTML, whether it is Kazakh to convert). A mark before and after keeps what stands apart.
def _left(made):
    return made.map(lambda html: (html, False))


APART = st.one_of(
    _left(RUSSIAN.map(lambda text: element("span", text, lang="ru", title=text))),
    _left(ENGLISH.map(lambda text: element("em", text, lang="en", title=text))),
    _left(
        st.builds(
            element,
            st.sampled_from(["code", "pre", "kbd", "samp"]),
            KAZAKH,
        )
    ),
    _left(KAZAKH.map(lambda text: element("b", text, translate="no", title=text))),
    _left(KAZAKH.map(lambda text: element("i", text, **{"class": "name notranslate"}))),
    _left(KAZAKH.map(lambda text: element("textarea", text, name="сөз"))),
    _left(KAZAKH.map(lambda text: f'<input name="q" value="{text}">')),
    _left(KAZAKH.map(lambda text: element("script", f'say("{text}")'))),
    _left(KAZAKH.map(lambda text: element("style", f".x::before{{content:'{text}'}}"))),
    _left(KAZAKH.map(lambda text: f"<!-- {text} -->")),
    _left(KAZAKH.map(lambda text: element("span", text, lang="kk-Cyrl"))),
    _left(ADDRESS.map(lambda text: f" {text} ")),
    _left(ENGLISH.map(lambda text: f" {text} ".replace(",", "").replace(";", "").replace("?", ""))),
)
SAID = st.one_of(
    KAZAKH,
    KAZAKH.map(lambda text: element("strong", text, title=text, **{"aria-label": text})),
    KAZAKH.map(lambda text: f'<img src="/ә.png" alt="{text}">'),
    KAZAKH.map(lambda text: element("a", text, href="/kk/ә", hreflang="kk", lang="kk")),
).map(lambda html: (html, True))
PART = st.recursive(
    st.one_of(APART, SAID),
    lambda parts: st.builds(_nested, st.sampled_from(["div", "section", "li", "p"]), parts),
    max_leaves=4,
)


PAGE = st.lists(PART, max_size=8)


def page_of(parts):
    inner = "\n".join(html for html, _is_said in parts)
    return f'<html lang="kk" dir="ltr"><head></head><body>\n{inner}\n</body></html>'


@given(PAGE, IN)
@settings(max_examples=100, deadline=None)
def test_only_kazakh_is_converted_and_twice_is_like_once(parts, script):
    page = page_of(parts)
    made = convert_html(page, script)
    assert convert_html(made, script) == made
    before, after = parser.document_fromstring(page), parser.document_fromstring(made)
    assert (after.get("lang"), after.get("dir")) == (script.lang, script.direction)
    for old, new in zip(before.iter(), after.iter(), strict=True):
        assert old.tag == new.tag
        assert bare(old) == bare(new)
        if not is_said(old):
            assert new.text == old.text
            assert {key: new.get(key) for key in SPOKEN} == {key: old.get(key) for key in SPOKEN}
    # Every part by itself: what is left alone comes out letter for letter, but for its tags.
    for html, is_said_part in parts:
        if not is_said_part:
            assert tags_off(html) == tags_off(convert_html(html, script))
        elif not html.startswith("<"):
            assert not CYRILLIC.search(convert_html(html, script))


def bare(node):
    """Attributes that no script changes."""
    return {key: value for key, value in node.attrib.items() if key not in TAGGED | SPOKEN}


def is_said(node):
    """Whether the page's own words say that this element's text is Kazakh to convert."""
    if not isinstance(node.tag, str) or node.tag in {"textarea", "script", "style"}:
        return False
    if any(each.tag in {"code", "pre", "kbd", "samp"} for each in (node, *node.iterancestors())):
        return False
    for each in (node, *node.iterancestors()):
        if each.get("translate") == "no" or "notranslate" in each.get("class", ""):
            return False
        if each.get("lang"):
            return each.get("lang") == "kk"
    return True


def tags_off(html):
    return re.sub(r' (?:lang|dir)="[^"]*"', "", html)


@given(st.text(max_size=300), IN)
@example("<p lang='kk'", ARABIC)
@example('<a title="ә>ә</a><b lang=kk translate=no>ә', ARABIC)
@settings(max_examples=100, deadline=None)
def test_no_text_and_no_broken_page_is_too_much(text, script):
    once = convert(text, script)
    assert convert(once, script) == once
    made = convert_html(text, script)
    assert convert_html(made, script) == made


@given(st.lists(st.one_of(WORD, ADDRESS, st.sampled_from(" .,-_@#&;:/<>%{}1aIХ\"'")), max_size=12))
@settings(max_examples=100, deadline=None)
def test_signs_of_addresses_in_any_order_change_nothing_twice(pieces):
    for script in SCRIPTS.values():
        once = convert("".join(pieces), script)
        assert convert(once, script) == once


SOUP = st.sampled_from(
    [
        *("<p>", "</p>", '<div lang="kk">', "<div lang=ru>", "</div>", "<li>", "<ul>", "</b>"),
        *('<b translate="no">', "<b translate=yes>", "<code>", "</code>", "<textarea>", "<title>"),
        *('<input lang="kk" placeholder="іс">', "<img alt=сөз>", "<mark>", "</mark>", "<svg>"),
        *("үй", "ге", " іс, ", " ҚР ", "@ә", "#ә", ".қаз", "ә.kz", '"', "'", "<", ">", "&"),
        *("<!-- ә", "-->", "<script>", "</script>", "ХХІ", "х.", "12,5", ";", "?", "ў", "Zoomға"),
    ]
)


@given(st.lists(SOUP, max_size=14).map("".join), IN)
@example("<mark>үй</mark>ХХІ#ә", ARABIC)
@example("үй<b>үй#ә, Zoom", ARABIC)
@settings(max_examples=200, deadline=None)
def test_tags_in_any_order_change_nothing_twice(page, script):
    once = convert_html(page, script)
    assert convert_html(once, script) == once


def test_words_that_tags_cut_keep_one_hamza():
    cut = {
        "<b>тіл</b>іміз": "<b>ءتىل</b>ىمىز",
        "<mark>үй</mark>ге": "<mark>ۇي</mark>گە",
        "«<b>Іс</b>» іс": "«<b>ءىس</b>» ءىس",
        "<b>ХХІ</b>де, <b>ҚР</b>ның": "<b>XXI</b>دە، <b>ق ر</b>نىڭ",
        "<i>ә</i> <b>з</b>ат": "<i>ءا</i> <b>ز</b>ات",
    }
    for html, made in cut.items():
        assert convert_html(html, ARABIC) == made


def test_languages_and_directions_are_told_where_they_change():
    page = (
        '<p lang="kk">а <i lang="ru">а</i> <i lang="ar">ا</i> <code>а</code> '
        '<b translate="no">а <u translate="yes">а</u></b><input lang="kk" placeholder="а"></p>'
    )
    assert convert_html(page, ARABIC) == (
        '<p dir="rtl" lang="kk-Arab">ا <i dir="ltr" lang="ru">а</i> <i lang="ar">ا</i> '
        '<code dir="ltr">а</code> <b lang="kk" dir="ltr" translate="no">а '
        '<u lang="kk-Arab" dir="rtl" translate="yes">ا</u></b>'
        '<input dir="auto" lang="kk" placeholder="ا"></p>'
    )
    assert convert_html("<title>Бір &amp; <b></title>", LATIN) == "<title>Bır &amp; <b></title>"
    assert convert_html("<p>Сөз", LATIN, {"сөз": "<script>"}) == "<p>&lt;script&gt;"
    assert convert_html("Слово", ARABIC, language="ru") == "Слово"
