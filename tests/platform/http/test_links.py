"""Addresses of pages by name."""

from urllib.parse import urlencode

import pytest

from portal.core.urls import Links

LINKS = Links(
    {"home": "/{language}", "show": "/{language}/events/{slug}", "one": "/{language}/a/{x}/b/{y}"},
    "https://example.org",
)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("nauryz-2026", "nauryz-2026"),
        ("a_b.c~d", "a_b.c~d"),
        ("наурыз", "%D0%BD%D0%B0%D1%83%D1%80%D1%8B%D0%B7"),
        ("a/b?c#d", "a%2Fb%3Fc%23d"),
        ("{y}", "%7By%7D"),
        ("a\n", "a%0A"),
        ("", ""),
        (7, "7"),
    ],
)
def test_a_value_is_one_step_of_a_path(value, written):
    assert LINKS.path("show", "kk", slug=value) == f"/kk/events/{written}"
    assert LINKS.path("one", "ru", y="2", x=value) == f"/ru/a/{written}/b/2"


def test_a_path_needs_all_its_values():
    with pytest.raises(KeyError):
        LINKS.path("one", "kk", x="1")


@pytest.mark.parametrize(("name", "language"), [("nothing", "kk"), ("home", "xx")])
def test_no_other_page_and_no_other_language_has_a_path(name, language):
    with pytest.raises(KeyError):
        LINKS.path(name, language)


def test_a_query_leaves_out_what_is_none():
    assert LINKS.path("home", "en", {"a": None}) == "/en"
    assert LINKS.absolute("home", "en", {"a": "ә б", "n": 2}) == (
        "https://example.org/en?a=%D3%99+%D0%B1&n=2"
    )
    assert LINKS.path("home", "en", {"a": "ә"}) == "/en?a=%D3%99"


@pytest.mark.parametrize("value", ["event:kesh-1", ":", "%3A:", "a:b c"])
def test_a_colon_is_written_as_urlencode_writes_it(value):
    assert LINKS.path("home", "en", {"item": value, "n": 2}) == "/en?" + urlencode(
        {"item": value, "n": 2}
    )
