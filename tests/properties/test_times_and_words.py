"""Small rules that pages rest on: wall times, languages, addresses, cells, seals."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.core.encryption import Seal, SealBrokenError
from portal.core.refusals import Refusal
from portal.core.time_zones import (
    RepeatedTimeError,
    SkippedTimeError,
    instant_of,
    is_place,
    wall_of,
    zone_info,
)
from portal.domain.events.link_rules import LinkUnfitError, check_link
from portal.domain.events.slugs import LONGEST, slug_of
from portal.i18n.locale import LANGUAGE_TAGS, match_tag
from portal.web.http.spreadsheets import to_csv

ZONES = st.sampled_from(sorted(zone for zone in available_timezones() if is_place(zone)))
WALLS = st.datetimes(datetime(2000, 1, 1), datetime(2035, 12, 31)).map(
    lambda wall: wall.replace(second=0, microsecond=0)
)
LIVE = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@given(WALLS, ZONES)
@example(datetime(2027, 3, 28, 2, 30), "Europe/Berlin")
@example(datetime(2027, 10, 31, 2, 30), "Europe/Berlin")
@example(datetime(2024, 2, 29, 23, 30), "Asia/Almaty")
@example(datetime(2011, 12, 30, 12), "Pacific/Apia")
@settings(max_examples=500, deadline=None)
def test_a_wall_time_means_one_instant_or_is_refused_for_the_right_reason(wall, zone):
    """All instants of two days around are looked at for those whose clocks show it."""
    shown_by = {
        instant
        for fold in (0, 1)
        if (instant := wall.replace(tzinfo=zone_info(zone), fold=fold).astimezone(UTC))
        and instant.astimezone(zone_info(zone)).replace(tzinfo=None) == wall
    }
    try:
        instant = instant_of(wall, zone)
    except SkippedTimeError:
        assert shown_by == set()
    except RepeatedTimeError:
        assert len(shown_by) == 2
    else:
        assert shown_by == {instant}
        assert wall_of(instant, zone).replace(tzinfo=None) == wall
        assert instant.utcoffset() == timedelta()


@given(st.text(max_size=60))
@example("../../etc/passwd")
@example("UTC")
@example("Asia/Almaty\0")
def test_only_places_are_zones(zone):
    if not is_place(zone):
        with pytest.raises(Refusal):
            instant_of(datetime(2027, 5, 5, 19), zone)


@given(
    st.one_of(
        st.text(),
        st.lists(
            st.sampled_from(["kk", "ru-RU", "en;q=0.8", "*", "q=nan", ";;", ",", "kk-MN;q=0"])
        ).map(",".join),
    )
)
@example("kk-MN,ru;q=0.9")
@example("en;q=inf, ru")
@example("kk;q=0, ru;q=0.1")
def test_any_header_leads_to_a_language_of_the_portal(header):
    assert match_tag(header) in LANGUAGE_TAGS


def test_the_language_asked_for_most_is_the_one():
    assert match_tag("kk;q=0, ru;q=0.1") == "ru"
    assert match_tag("en;q=0.3, ru;q=0.7, kk;q=0.5") == "ru"
    assert match_tag("fr, de") == "kk"
    assert match_tag("kk-MN") == "kk"


def test_a_script_is_matched_by_its_name_or_by_where_it_is_read():
    assert match_tag("kk-CN, kk;q=0.5") == "kk-Arab"
    assert match_tag("kk-TR") == match_tag("kk-Latn-KZ") == "kk-Latn"
    assert match_tag("kk-Latn-TR") == "kk-Latn-TR"
    assert match_tag("kk-Cyrl-CN") == "kk"
    assert match_tag("zh-CN, kk-arab;q=0.8, ru;q=0.5") == "kk-Arab"


@given(st.text())
@example("Домбыра кеші: күй мен әңгіме")
@example("ÄÖÜ ß ŞĞİ")
def test_addresses_are_short_and_of_plain_letters(title):
    slug = slug_of(title)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= LONGEST
    assert slug == slug_of(title)


@given(st.text(min_size=1))
@settings(max_examples=300)
def test_links_are_https_to_a_host_or_refused(text):
    for url in (text, f"https://{text}", f"https://example.org/{text}"):
        try:
            check_link(url, "link_1")
        except LinkUnfitError:
            continue
        assert url.lower().startswith("https://")
        assert not re.search(r"[\s\\\x00-\x1f\x7f]", url)
        assert "@" not in url.split("/")[2]


@given(
    st.lists(
        st.lists(
            st.one_of(st.text(st.characters(exclude_categories=["Cs"])), st.integers()),
            min_size=2,
            max_size=4,
        ),
        max_size=8,
    )
)
@example([["=1+1", "@x"], ["\t=1", "＝1"]])
def test_tables_come_back_as_they_were_and_no_cell_is_live(rows):
    made = b"".join(to_csv(["one", "two"], rows))
    assert made.startswith(b"\xef\xbb\xbf")
    _header, *read = csv.reader(io.StringIO(made.decode("utf-8-sig"), newline=""))
    assert len(read) == len(rows)
    for row, cells in zip(rows, read, strict=True):
        for value, cell in zip(row, cells, strict=True):
            if isinstance(value, int):
                assert cell == str(value)
            else:
                assert cell in {value, f"'{value}"}
                assert not cell.startswith(LIVE)


KEYS = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=3, unique=True)


@given(KEYS, st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_sealed_opens_for_its_purpose_alone(keys, text):
    seal = Seal(keys)
    sealed = seal.close(text, "person.email")
    assert seal.open(sealed, "person.email") == text
    with pytest.raises(SealBrokenError):
        seal.open(sealed, "person.name")
    for place in range(0, len(sealed), 7):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(SealBrokenError):
            seal.open(bytes(altered), "person.email")


@given(KEYS, st.text(st.characters(exclude_categories=["Cs"])), st.binary(min_size=32, max_size=32))
def test_a_new_key_opens_what_old_ones_sealed_and_finds_the_same_addresses(keys, text, newest):
    old = Seal(keys)
    sealed = old.close(text, "person.name")
    rotated = Seal([newest, *(key for key in keys if key != newest)])
    if keys[-1] != newest:
        assert rotated.open(sealed, "person.name") == text
        assert rotated.index(" Dana@Example.org") == old.index("dana@example.ORG ")
