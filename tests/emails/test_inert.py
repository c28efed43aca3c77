"""Words of strangers hold nothing that a mail program would make a link of."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.content.defang import WORD_JOINER, inert

# What mail programs and the usual libraries look for, generously.
LINKABLE = re.compile(
    r"""
    \b[a-z][a-z0-9+.-]*://          # any scheme with slashes
    | \b(?:mailto|tel|sms|javascript|data|file|skype):\S
    | \bwww\.\S                     # a host; three letters and a full stop are none
    | [^\s.@:/\u2060]\.[^\s.@:/\u2060]  # a bare domain: anything with a dot inside
    | [^\s\u2060]@[^\s\u2060]       # an address
    | // | \\\\                     # another host, a Windows share
    """,
    re.VERBOSE | re.IGNORECASE,
)
PIECES = st.sampled_from(
    [
        *("http", "https", ":", "//", "www", ".", "evil", "example", "com", "@", "mailto", "қаз"),
        *("\\\\", " ", "\n", "\u200b", "\u2060", "\u202e", "\u3002", "\uff0e"),
        *("=?utf-8?q?", "{{ 7 * 7 }}", "%s"),
    ]
)


@pytest.mark.parametrize(
    "hostile",
    [
        "http://evil.example/",
        "HTTPS://EVIL.EXAMPLE",
        "see www.evil.example now",
        "evil.example",
        "пример.рф",
        "evil\u3002example",
        "evil\uff0eexample",
        "me@evil.example",
        "mailto:me@evil.example",
        "tel:+77001234567",
        "//evil.example/x",
        r"\\evil\share",
        "ht\u200btp://evil.example",
        "http:\u2060//evil.example",
        "10.0.0.1",
    ],
)
def test_no_address_stays_whole(hostile: str) -> None:
    assert not LINKABLE.search(inert(hostile))
    assert inert(hostile).replace(WORD_JOINER, "") != inert(hostile)


@pytest.mark.parametrize(
    "harmless",
    [
        "Айгерім",
        "Әбдіғали Мүсілім",
        "O’Neil Jr.",
        "عائشة",
        "Almaty, Abay av. 5, room 12",
        "Who? Me!",
    ],
)
def test_what_is_no_address_stays_as_it_is(harmless: str) -> None:
    assert inert(harmless) == harmless


def test_a_line_break_or_a_control_character_becomes_a_space_or_nothing() -> None:
    assert inert("Aigul\r\nBcc: x\u2028y\x00z\u202eq") == "Aigul Bcc: x y zq"


def test_an_encoded_word_is_no_longer_one() -> None:
    assert "=?" not in inert("=?utf-8?q?=0D=0ABcc:_x?=")


def test_a_long_text_is_cut() -> None:
    assert inert("ә" * 200, 80) == "ә" * 79 + "…"


@given(st.lists(PIECES | st.text(max_size=5)).map("".join), st.integers(1, 200))
@example("a.b" * 60, 140)
@example("www.", 4)
def test_any_text_becomes_one_short_line_without_addresses(text: str, most: int) -> None:
    line = inert(text, most)
    visible = line.replace(WORD_JOINER, "")

    assert not LINKABLE.search(line)
    assert len(line.splitlines()) <= 1
    assert len(visible) <= most
    assert inert(line, most) == line


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=140))
def test_a_reader_sees_what_was_written(text: str) -> None:
    assert inert(text).replace(WORD_JOINER, "") == " ".join(text.split())
