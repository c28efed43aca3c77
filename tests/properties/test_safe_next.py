"""Where the portal sends a browser on to is always a page of the portal."""

from urllib.parse import urljoin, urlsplit

from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.core.urls import safe_next

HOME = "/en"
PORTAL = "https://portal.example"
PIECES = st.sampled_from(
    [
        *("/", "//", "\\", "/\\", "\t", "\n", "\r", " "),
        *(".", "..", "@", ":", "%2f", "%5c", "?", "#"),
        *("https:", "javascript:", "evil.example", "portal.example", "en", "\u2028", "\x00", "ä"),
    ]
)
TARGETS = st.one_of(st.none(), st.text(), st.lists(PIECES, max_size=8).map("".join))


def as_browsers_read(target):
    """WHATWG URL: tabs and line ends are dropped, edges trimmed, backslashes are slashes."""
    kept = "".join(c for c in target if c not in "\t\r\n")
    return kept.strip("".join(map(chr, range(0x21)))).replace("\\", "/")


@given(TARGETS)
@example("//evil.example")
@example("/\\evil.example")
@example("/\t/evil.example")
@example("///evil.example")
@example("https://portal.example/en")
@settings(max_examples=500)
def test_no_browser_is_led_away(target):
    chosen = safe_next(target, HOME)
    for read in (chosen, as_browsers_read(chosen)):
        assert read.startswith("/")
        assert not read.startswith("//")
        assert urlsplit(urljoin(PORTAL, read)).netloc == "portal.example"
        assert urlsplit(urljoin(PORTAL, read)).scheme == "https"
    assert chosen in {target, HOME}
    assert chosen.isascii()
    assert "\r" not in chosen
    assert "\n" not in chosen


@given(
    st.from_regex(
        r"/(en|kk|ru)(/[a-z0-9-]{1,20}){0,3}(\?[a-z]{1,9}=[a-z0-9%]{0,9})?", fullmatch=True
    )
)
def test_pages_of_the_portal_are_kept(target):
    assert safe_next(target, HOME) == target


@given(st.integers(501, 5_000))
def test_targets_longer_than_any_page_are_dropped(length):
    assert safe_next("/" + "a" * length, HOME) == HOME
