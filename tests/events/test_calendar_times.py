"""When the entries of a calendar begin and end, and how often they come."""

from datetime import datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.time_zones import instant_of
from portal.domain.events import rules
from portal.domain.events.recurrences import WEEKDAYS, UnreadableRuleError, rule_of
from tests.events.calendar_reading import START, at, one, read, span, words

# When


@pytest.mark.parametrize(
    ("lines", "starts", "ends", "zone"),
    [
        # an end of its own, in its zone or in another
        (
            "DTSTART;TZID=Europe/Berlin:20260601T100000\nDTEND;TZID=Europe/Berlin:20260601T113000",
            *(at(2026, 6, 1, 10), at(2026, 6, 1, 11, 30), "Europe/Berlin"),
        ),
        (
            "DTSTART;TZID=Europe/Berlin:20260601T100000\nDTEND;TZID=Asia/Almaty:20260601T150000",
            *(at(2026, 6, 1, 10), at(2026, 6, 1, 12), "Europe/Berlin"),
        ),
        # a duration, counted in hours that pass or in days that are named
        (
            "DTSTART;TZID=Europe/Berlin:20260328T120000\nDURATION:PT24H",
            *(at(2026, 3, 28, 12), at(2026, 3, 29, 13), "Europe/Berlin"),
        ),
        (
            "DTSTART;TZID=Europe/Berlin:20260328T120000\nDURATION:P1D",
            *(at(2026, 3, 28, 12), at(2026, 3, 29, 12), "Europe/Berlin"),
        ),
        # no end, or none after the start
        ("DTSTART:20260601T100000", at(2026, 6, 1, 10), at(2026, 6, 1, 11), "Asia/Almaty"),
        (
            "DTSTART:20260601T100000\nDTEND:20260601T090000",
            *(at(2026, 6, 1, 10), at(2026, 6, 1, 11), "Asia/Almaty"),
        ),
        (
            "DTSTART:20260601T100000\nDURATION:-PT1H",
            *(at(2026, 6, 1, 10), at(2026, 6, 1, 11), "Asia/Almaty"),
        ),
        # instants
        ("DTSTART:20260601T100000Z", at(2026, 6, 1, 15), at(2026, 6, 1, 16), "Asia/Almaty"),
        ("DTSTART;TZID=UTC:20260601T100000", at(2026, 6, 1, 15), at(2026, 6, 1, 16), "Asia/Almaty"),
        # whole days
        ("DTSTART;VALUE=DATE:20260601", at(2026, 6, 1), at(2026, 6, 2), "Asia/Almaty"),
        ("DTSTART:20260601\nDTEND:20260601", at(2026, 6, 1), at(2026, 6, 2), "Asia/Almaty"),
        (
            "DTSTART;VALUE=DATE:20260601\nDTEND;VALUE=DATE:20260604",
            *(at(2026, 6, 1), at(2026, 6, 4), "Asia/Almaty"),
        ),
        # seconds are kept
        (
            "DTSTART;TZID=Europe/Berlin:20260601T100025",
            *(at(2026, 6, 1, 10) + timedelta(seconds=25), at(2026, 6, 1, 11)),
            "Europe/Berlin",
        ),
    ],
)
def test_times(lines: str, starts: datetime, ends: datetime, zone: str) -> None:
    details = one(lines)
    assert (details.starts_wall, details.time_zone) == (starts, zone)
    assert details.ends_wall.replace(second=0) == ends
    assert words(details.description) == ""


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("/citadel.org/20210210_1/Europe/Berlin", "Europe/Berlin"),
        ("US/Pacific", "America/Los_Angeles"),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
    ],
)
def test_zones_are_known_by_many_names(name: str, zone: str) -> None:
    details = one(f"DTSTART;TZID={name}:20260601T100000")
    assert span(details) == (at(2026, 6, 1, 10), at(2026, 6, 1, 11), zone)


def test_times_without_a_known_zone_are_the_calendars_or_the_organisations() -> None:
    head = "X-WR-TIMEZONE:Europe/Istanbul\n"
    assert one("DTSTART:20260601T100000", head=head).time_zone == "Europe/Istanbul"
    unknown = one("DTSTART;TZID=Nowhere *1*:20260601T100000", head=head)
    assert unknown.time_zone == "Europe/Istanbul"
    assert words(unknown.description) == (
        r"The time zone “Nowhere \*1\*” of the calendar is unknown; that of Istanbul was taken."
    )
    assert one("DTSTART:20260601T100000", zone="Europe/Berlin").time_zone == "Europe/Berlin"


def test_a_calendars_endless_zone_is_not_read() -> None:
    zone = "BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:19700101T000000\nRRULE:FREQ=SECONDLY\n"
    assert read("SUMMARY:Feast", head=f"{zone}END:STANDARD\nEND:VTIMEZONE\n")


@pytest.mark.parametrize(
    ("zone", "said", "kept"),
    [
        ("Europe/Berlin", "20260329T023000", at(2026, 3, 29, 3)),  # skipped
        ("Europe/Berlin", "20261025T023000", at(2026, 10, 25, 3)),  # shown twice
        ("Asia/Almaty", "20240229T231500", at(2024, 3, 1)),  # Kazakhstan's change
        ("Pacific/Apia", "20111230T101500", at(2011, 12, 31)),  # a day that was skipped
    ],
)
def test_a_time_that_clocks_skip_or_repeat_is_moved_and_noted(
    zone: str, said: str, kept: datetime
) -> None:
    details = one(f"DTSTART;TZID={zone}:{said}")
    assert details.starts_wall == kept
    assert "but clocks there skip it or show it twice" in words(details.description)


def test_an_entry_longer_than_an_event_may_be_is_cut_and_noted() -> None:
    details = one("DTSTART;VALUE=DATE:20260301\nDTEND;VALUE=DATE:20260501", zone="Europe/Berlin")
    starts, ends = (
        instant_of(wall, "Europe/Berlin") for wall in (details.starts_wall, details.ends_wall)
    )
    assert timedelta(days=30, hours=23) <= ends - starts <= rules.LONGEST_EVENT
    assert "says until 1 May 2026" in words(details.description)


@pytest.mark.parametrize("start", ["DTSTART:soon", "DTSTART:99991231T235959Z", "DTSTART:00010101"])
def test_an_entry_without_a_readable_date_is_a_draft_with_a_note(start: str) -> None:
    details = one(f"{start}\nDTSTAMP:20260102T030405Z", zone="Europe/Berlin")
    assert details.starts_wall.date() == at(2026, 1, 2).date()
    assert "could not be read" in words(details.description)


# How often


def starts_of(*lines: str, start: str = START) -> list[datetime]:
    return [details.starts_wall for details in read(start + "\n".join(lines))]


@pytest.mark.parametrize(
    ("rule", "count", "last"),
    [
        ("FREQ=DAILY;COUNT=3", 3, at(2026, 3, 24, 18)),
        ("FREQ=DAILY;INTERVAL=2;UNTIL=20260328T130000Z", 4, at(2026, 3, 28, 18)),
        ("FREQ=DAILY;UNTIL=20260324", 3, at(2026, 3, 24, 18)),
        ("FREQ=DAILY;UNTIL=20260324T175959", 2, at(2026, 3, 23, 18)),
        ("FREQ=DAILY", 365, at(2027, 3, 21, 18)),
        ("FREQ=WEEKLY", 53, at(2027, 3, 21, 18)),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU;COUNT=4", 4, at(2026, 4, 6, 18)),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=MO;COUNT=4", 4, at(2026, 4, 13, 18)),
        ("FREQ=MONTHLY", 12, at(2027, 2, 22, 18)),
        ("FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=1,2,5", 3, at(2027, 1, 31, 18)),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", 3, at(2026, 4, 24, 18)),
        ("FREQ=YEARLY", 1, at(2026, 3, 22, 18)),
        ("FREQ=YEARLY;BYMONTH=12;BYDAY=2WE", 2, at(2026, 12, 9, 18)),
        ("freq=weekly;count=2;", 2, at(2026, 3, 29, 18)),
    ],
)
def test_a_series_becomes_its_dates_within_a_year(rule: str, count: int, last: datetime) -> None:
    found = starts_of(f"RRULE:{rule}")
    assert (found[0], len(found), found[-1]) == (at(2026, 3, 22, 18), count, last)


def test_a_series_keeps_its_hour_when_clocks_change() -> None:
    first, second = read(
        "DTSTART;TZID=Europe/Berlin:20260327T190000\nDTEND;TZID=Europe/Berlin:20260327T210000\n"
        "RRULE:FREQ=WEEKLY;COUNT=2"
    )
    assert span(first)[:2] == (at(2026, 3, 27, 19), at(2026, 3, 27, 21))
    assert span(second)[:2] == (at(2026, 4, 3, 19), at(2026, 4, 3, 21))


def test_dates_are_left_out_and_added() -> None:
    found = starts_of(
        "RRULE:FREQ=DAILY;COUNT=4",
        "EXDATE:20260322T130000Z",
        "EXDATE;VALUE=DATE:20260323",
        "RDATE;TZID=Europe/Berlin:20260501T090000,20260502T090000",
        "RDATE;VALUE=PERIOD:20260503T100000Z/PT1H",
    )
    assert found == [
        *(at(2026, 3, 24, 18), at(2026, 3, 25, 18), at(2026, 5, 1, 12), at(2026, 5, 2, 12)),
        at(2026, 5, 3, 15),
    ]


def test_a_date_with_an_entry_of_its_own_comes_once() -> None:
    found = read(
        "UID:1\nSUMMARY:Choir\nRRULE:FREQ=DAILY;COUNT=3",
        "UID:1\nSUMMARY:Moved\nRECURRENCE-ID:20260323T130000Z\n"
        "DTSTART;TZID=Asia/Almaty:20260323T200000",
        "UID:2\nSUMMARY:Other\nRECURRENCE-ID:20260324T130000Z",
    )
    assert [(words(d.title), d.starts_wall.day, d.starts_wall.hour) for d in found] == [
        ("Choir", 22, 18),
        ("Choir", 24, 18),
        ("Moved", 23, 20),
        ("Other", 22, 18),
    ]


def test_a_series_of_which_no_date_is_left_is_still_a_draft() -> None:
    assert starts_of("RRULE:FREQ=DAILY;COUNT=1", "EXDATE:20260322T130000Z") == [at(2026, 3, 22, 18)]


@pytest.mark.parametrize(
    "rule",
    [
        *("FREQ=SECONDLY", "FREQ=MINUTELY;COUNT=5", "FREQ=HOURLY", "FREQ=DAILY;INTERVAL=0"),
        *("FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=99999999", "FREQ=DAILY;INTERVAL=-1", "COUNT=3"),
        *("FREQ=DAILY;BYSETPOS=1", "FREQ=DAILY;BYSECOND=1", "FREQ=DAILY;FREQ=DAILY", "nonsense"),
        *("FREQ=WEEKLY;BYDAY=1MO", "FREQ=MONTHLY;BYDAY=6MO", "FREQ=MONTHLY;BYMONTHDAY=32"),
        *("FREQ=YEARLY;BYMONTH=13", "FREQ=DAILY;COUNT=2;UNTIL=20260401", "FREQ=DAILY;COUNT=٣"),
        "FREQ=MONTHLY;BYMONTHDAY=" + ",".join("1" * 101),
    ],
)
def test_a_rule_outside_the_grammar_gives_the_first_date_and_a_note(rule: str) -> None:
    with pytest.raises(UnreadableRuleError):
        rule_of(rule)
    details = one(f"RRULE:{rule}")
    assert details.starts_wall == at(2026, 3, 22, 18)
    assert "Only the first date was imported" in words(details.description)


def test_an_empty_rule_is_none() -> None:
    assert words(one("RRULE:").description) == ""


def test_a_rule_that_never_comes_true_ends() -> None:
    assert starts_of("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30") == [at(2026, 3, 22, 18)]


def test_a_series_that_goes_on_says_so_on_its_last_date() -> None:
    *others, last = read("RRULE:FREQ=MONTHLY")
    assert "The series goes on" in words(last.description)
    assert {words(details.description) for details in others} == {""}


def test_dates_are_capped_for_one_entry_and_for_all() -> None:
    rdates = "\n".join(f"RDATE:2026{m:02}{d:02}T080000" for m in range(4, 13) for d in range(1, 29))
    twice_a_day = f"RRULE:FREQ=DAILY\n{rdates}"
    found = read(twice_a_day)
    assert len(found) == 400
    assert "The series goes on" in words(found[-1].description)
    many = read(*[twice_a_day] * 10, *["SUMMARY:x"] * 100)
    assert len(many) == 2000
    assert len({words(details.title) for details in many}) == 2
    assert len(read(*["SUMMARY:x"] * 2500, "RRULE:FREQ=DAILY")) == 2501


RULES = st.builds(
    lambda frequency, *parts: ";".join([f"FREQ={frequency}", *filter(None, parts)]),
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.sampled_from(["", "INTERVAL=1", "INTERVAL=2", "INTERVAL=3", "INTERVAL=13"]),
    st.sampled_from(["", "BYMONTH=3", "BYMONTH=1,4,11"]),
    st.sampled_from(["", "BYMONTHDAY=1", "BYMONTHDAY=-1,15", "BYMONTHDAY=29,30,31"]),
    st.lists(st.sampled_from(WEEKDAYS), max_size=3).map(lambda d: d and f"BYDAY={','.join(d)}"),
    st.sampled_from(["", "WKST=SU", "WKST=WE"]),
)
ORDINAL_RULES = st.builds(
    lambda frequency, days, month: f"FREQ={frequency};BYDAY={','.join(days)}{month}",
    st.sampled_from(["MONTHLY", "YEARLY"]),
    st.lists(
        st.builds(
            lambda n, day: f"{n}{day}",
            st.sampled_from([-5, -2, -1, 1, 2, 4, 5]),
            st.sampled_from(WEEKDAYS),
        ),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from(["", ";BYMONTH=2", ";BYMONTH=5,12"]),
)


@settings(deadline=None)
@given(st.one_of(RULES, ORDINAL_RULES), st.datetimes(at(2019, 1, 1), at(2032, 1, 1)))
def test_another_library_finds_the_same_dates(rule: str, first: datetime) -> None:
    first = first.replace(microsecond=0)
    before = first + timedelta(days=366)
    # Each of these rules comes true again; the library would search for others until 9999.
    theirs = rrulestr(
        f"RRULE:{rule};UNTIL={before:%Y%m%dT%H%M%S}\nRDATE:{first:%Y%m%dT%H%M%S}", dtstart=first
    )
    expected = [wall for wall in theirs if wall < before]
    assert list(rule_of(rule).walls(first, None, before)) == expected
